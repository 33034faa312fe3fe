import type { OrganizationRow, RoleRow } from '../../storage/schema.js'
import { organizationData } from '../organizations/organization-data.js'

/** Whether members of an organization have a role when nobody chooses another: its own choice replaces that of the environment. */
export function isDefaultForMembers(organization: OrganizationRow, role: RoleRow): boolean {
  const own = organizationData(organization).default_member_role
  return own === undefined ? role.default_member === 1 : role.name === own
}
