import { DirectoryGroupData, DirectoryUserData } from '../domain/directories/directory-data.js'
import type { HappenedEvent } from '../domain/events/events.js'
import type { DirectoryEntryRow, DirectoryRow } from '../storage/registry-schema.js'

export type DirectoryChange = 'created' | 'updated' | 'deleted'

/** The event of a user that a directory has sent, in the form of Scalekit's `organization.directory.user_…`. */
export function userEvent(
  directory: DirectoryRow,
  row: DirectoryEntryRow,
  change: DirectoryChange,
): HappenedEvent {
  const { detail, groups, ...user } = DirectoryUserData.parse(JSON.parse(row.data))
  const { email, given_name, family_name, preferred_username } = user
  return {
    ...originOf(directory),
    type: `organization.directory.user_${change}`,
    object: 'DirectoryUser',
    data: {
      id: row.id,
      organization_id: directory.organization_id,
      dp_id: row.external_id,
      active: detail.active !== false,
      ...{ email, given_name, family_name, preferred_username },
      name: [given_name, family_name].filter(Boolean).join(' '),
      groups: groups.map((id) => ({ id })),
      raw_attributes: detail,
    },
  }
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
