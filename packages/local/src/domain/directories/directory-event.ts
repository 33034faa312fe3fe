import type { DirectoryEntryRow, DirectoryRow } from '../../storage/registry-schema.js'
import type { HappenedEvent } from '../events/events.js'
import { DirectoryGroupData, DirectoryUserData, directoryData } from './directory-data.js'
import { directoryProfile } from './directory-profile.js'
import { isObject, type Json, type JsonObject } from './json.js'
import { isActive, rolesOfGroups } from './provision-directory-user.js'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

type DirectoryChange = 'created' | 'updated' | 'deleted'

/**
 * The event of a user that a directory has sent, in the form of Scalekit's `organization.directory.user_…`. `all` are
 * the groups of the directory.
 */
export function userEvent(
  directory: DirectoryRow,
  row: DirectoryEntryRow,
  change: DirectoryChange,
  all: readonly DirectoryEntryRow[],
): HappenedEvent {
  const user = DirectoryUserData.parse(JSON.parse(row.data))
  const about = {
    id: row.id,
    organization_id: directory.organization_id,
    dp_id: row.external_id,
    email: user.email,
  }
  return {
    ...originOf(directory),
    type: `organization.directory.user_${change}`,
    object: 'DirectoryUser',
    data: change === 'deleted' ? about : { ...about, ...described(user, directory, all) },
  }
}

function described(
  user: DirectoryUserData,
  directory: DirectoryRow,
  all: readonly DirectoryEntryRow[],
): Record<string, unknown> {
  const { detail, given_name, family_name, preferred_username } = user
  const meaning = directoryData(directory)
  const groups = all.filter(({ id }) => user.groups.includes(id))
  return {
    active: isActive(user),
    ...{ given_name, family_name, preferred_username },
    name: [given_name, family_name].filter(Boolean).join(' '),
    groups: groups.map(({ id, data }) => ({
      id,
      name: DirectoryGroupData.parse(JSON.parse(data)).display_name,
    })),
    roles: rolesOfGroups(user, meaning).map((role_name) => ({ role_name })),
    ...workOf(detail),
    custom_attributes: directoryProfile(user, meaning.attributes).custom_attributes,
    raw_attributes: detail,
  }
}

/** What an employer says of a user (RFC 7643, section 4.3), where it does. */
function workOf(detail: JsonObject): JsonObject {
  const extension = detail[ENTERPRISE]
  const { department, division, costCenter, employeeNumber } = isObject(extension) ? extension : {}
  const said = { department, division, cost_center: costCenter, employee_id: employeeNumber }
  const entries = Object.entries({ ...said, title: detail.title })
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

/** The same for a group. */
export function groupEvent(
  directory: DirectoryRow,
  row: DirectoryEntryRow,
  change: DirectoryChange,
): HappenedEvent {
  const { detail, display_name } = DirectoryGroupData.parse(JSON.parse(row.data))
  return {
    ...originOf(directory),
    type: `organization.directory.group_${change}`,
    object: 'DirectoryGroup',
    data: {
      id: row.id,
      organization_id: directory.organization_id,
      dp_id: row.external_id,
      display_name,
      raw_attributes: detail,
    },
  }
}

function originOf({ environment_id, organization_id }: DirectoryRow) {
  return { environment: environment_id, organization: organization_id }
}
