import { z } from 'zod'
import { DirectoryGroupData, DirectoryUserData } from '../domain/directories/directory-data.js'
import type { DirectoryEntryRow } from '../storage/registry-schema.js'
import { withNames } from './attribute-names.js'
import { ScimError } from './scim-error.js'
import type { ScimStore } from './scim-store.js'
import { metaOf } from './scim-user.js'

const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group'

/** A group as a provisioning client sends it (RFC 7643, section 4.2). */
const ScimGroup = z.looseObject({
  displayName: z.string().min(1).max(255),
  externalId: z.string().max(255).optional(),
  members: z.array(z.looseObject({ value: z.string() })).default([]),
})

/** Reads a group, its columns and the ids of its members. Throws a `ScimError`. */
export function readGroup(body: unknown) {
  const parsed = ScimGroup.safeParse(withNames(body, Object.keys(ScimGroup.shape)))
  if (!parsed.success) throw new ScimError(400, z.prettifyError(parsed.error), 'invalidValue')
  const { id: _id, meta: _meta, schemas: _schemas, members, ...group } = parsed.data
  return {
    displayName: group.displayName,
    externalId: group.externalId,
    members: [...new Set(members.map(({ value }) => value))],
    data: DirectoryGroupData.parse({ display_name: group.displayName, detail: group }),
  }
}

/** A stored group as SCIM shows it, with those of the users who are in it. */
export function showGroup(row: DirectoryEntryRow, users: readonly DirectoryEntryRow[], location: string) {
  const { detail } = DirectoryGroupData.parse(JSON.parse(row.data))
  const members = users.flatMap((user) => {
    const data = DirectoryUserData.parse(JSON.parse(user.data))
    return data.groups.includes(row.id) ? [{ value: user.id, display: data.preferred_username }] : []
  })
  return { ...detail, schemas: [GROUP_SCHEMA], id: row.id, members, meta: metaOf(row, 'Group', location) }
}

/** Makes these users the members of a group, and no others. Throws a `ScimError` for one who is not there. */
export async function setMembers(users: ScimStore, group: string, members: readonly string[]): Promise<void> {
  const rows = await users.list()
  const unknown = members.find((id) => !rows.some((row) => row.id === id))
  if (unknown !== undefined) throw new ScimError(400, `There is no user ${unknown}.`, 'invalidValue')
  for (const row of rows) {
    const data = DirectoryUserData.parse(JSON.parse(row.data))
    const inside = members.includes(row.id)
    if (inside === data.groups.includes(group)) continue
    const groups = inside ? [...data.groups, group] : data.groups.filter((id) => id !== group)
    await users.update(row, undefined, { ...data, groups })
  }
}
