import { z } from 'zod'
import { DirectoryGroupData, DirectoryUserData } from '../domain/directories/directory-data.js'
import type { JsonObject } from '../domain/directories/json.js'
import type { DirectoryEntryRow } from '../storage/registry-schema.js'
import { ScimError } from './scim-error.js'
import { EXTERNAL_ID, readResource, SHORT_TEXT, withCommon } from './scim-resource.js'
import { GROUPS } from './scim-schema.js'
import type { ScimStore } from './scim-store.js'

/** What of a group has a place of its own (RFC 7643, section 4.2). Everything else is kept as it is. */
const ScimGroup = z.looseObject({
  displayName: z.string(SHORT_TEXT).min(1, SHORT_TEXT).max(255, SHORT_TEXT),
  externalId: z.string(EXTERNAL_ID).max(255, EXTERNAL_ID).optional(),
  members: z.array(z.looseObject({ value: z.string('send the id of a user') })).default([]),
})

/** Reads a group, by the names of the schema: its columns and the ids of its members. Throws a `ScimError`. */
export function readGroup(resource: JsonObject) {
  const { displayName, externalId, members } = readResource(ScimGroup, resource)
  const { members: _members, ...detail } = resource
  return {
    displayName,
    externalId,
    members: [...new Set(members.map(({ value }) => value))],
    data: DirectoryGroupData.parse({ display_name: displayName, detail }),
  }
}

/** A stored group as SCIM shows it, with those of the users who are in it. */
export function showGroup(row: DirectoryEntryRow, users: readonly DirectoryEntryRow[], base: string) {
  const { detail } = DirectoryGroupData.parse(JSON.parse(row.data))
  const members = users.flatMap(({ id, data }) => {
    const user = DirectoryUserData.parse(JSON.parse(data))
    if (!user.groups.includes(row.id)) return []
    return [{ value: id, $ref: `${base}/Users/${id}`, type: 'User', display: user.preferred_username }]
  })
  return { ...withCommon(GROUPS, row, detail, base), members }
}

/**
 * Makes these users the members of a group, and no others. Returns those who joined or left. Throws a `ScimError` for
 * an unknown one.
 */
export async function setMembers(
  users: ScimStore,
  group: string,
  members: readonly string[],
): Promise<DirectoryEntryRow[]> {
  const rows = await users.list()
  const unknown = members.find((id) => !rows.some((row) => row.id === id))
  if (unknown !== undefined)
    throw new ScimError(
      400,
      `members: there is no user ${unknown}. Send the ids of users of this directory.`,
      'invalidValue',
    )
  const changed: DirectoryEntryRow[] = []
  for (const row of rows) {
    const data = DirectoryUserData.parse(JSON.parse(row.data))
    const inside = members.includes(row.id)
    if (inside === data.groups.includes(group)) continue
    const groups = inside ? [...data.groups, group] : data.groups.filter((id) => id !== group)
    changed.push(await users.update(row, row.external_id, { ...data, groups }))
  }
  return changed
}
