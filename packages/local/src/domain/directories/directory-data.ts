import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { DirectoryEntryRow, DirectoryRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { readSecrets } from '../clients/secrets.js'
import { notFound } from '../domain-error.js'
import { withoutPasswords } from './without-passwords.js'

/** The attributes of a directory without a column of their own. */
export const DirectoryData = z.object({
  last_synced_at: z.number().optional(),
  role_assignments: z.array(z.object({ group_id: z.string(), role_name: z.string() })).default([]),
  attributes: z.array(z.object({ key: z.string(), map_to: z.string() })).default([]),
  /** External ids of the groups whose users a sync provisions. Empty: everybody. */
  tracked_groups: z.array(z.string()).default([]),
  /** Data of the application. */
  context: z.record(z.string(), z.json()).default({}),
})
export type DirectoryData = z.infer<typeof DirectoryData>

/** A SCIM resource as it was sent. */
const Detail = z.record(z.string(), z.json()).default({}).transform(withoutPasswords)

/**
 * A user as a directory sent it. `groups` are ids of our groups; `detail` is the whole SCIM resource; `user_id` is who
 * follows it in the environment.
 */
export const DirectoryUserData = z.object({
  user_id: z.string().optional(),
  email: z.string().default(''),
  emails: z.array(z.string()).default([]),
  preferred_username: z.string().default(''),
  given_name: z.string().default(''),
  family_name: z.string().default(''),
  groups: z.array(z.string()).default([]),
  detail: Detail,
})
export type DirectoryUserData = z.infer<typeof DirectoryUserData>

export const DirectoryGroupData = z.object({
  display_name: z.string().default(''),
  detail: Detail,
})
export type DirectoryGroupData = z.infer<typeof DirectoryGroupData>

export function directoryData(row: DirectoryRow): DirectoryData {
  return DirectoryData.parse(JSON.parse(row.data))
}

/** @throws {DomainError} `not_found`, also for a directory of another organization */
export async function findDirectory(
  db: Kysely<Schema>,
  organization: string,
  id: string,
): Promise<DirectoryRow> {
  const row = await db
    .selectFrom('directories')
    .selectAll()
    .where('organization_id', '=', organization)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row) return row
  throw notFound(`Organization ${organization} has no directory ${JSON.stringify(id)}`)
}

export interface DirectoryContent {
  readonly users: readonly (DirectoryEntryRow & { readonly user: DirectoryUserData })[]
  readonly groups: readonly (DirectoryEntryRow & { readonly group: DirectoryGroupData })[]
}

/** What directories have sent, newest first. */
export async function contentOf(db: Kysely<Schema>, ids: readonly string[]): Promise<DirectoryContent> {
  if (ids.length === 0) return { users: [], groups: [] }
  const query = (table: 'directory_users' | 'directory_groups') =>
    db.selectFrom(table).selectAll().where('directory_id', 'in', ids).orderBy('id', 'desc').execute()
  return {
    users: (await query('directory_users')).map((row) => ({
      ...row,
      user: DirectoryUserData.parse(JSON.parse(row.data)),
    })),
    groups: (await query('directory_groups')).map((row) => ({
      ...row,
      group: DirectoryGroupData.parse(JSON.parse(row.data)),
    })),
  }
}

/** A draft until something can authenticate as the directory, and completed when it has sent somebody. */
export function statusOf(
  row: DirectoryRow,
  content: DirectoryContent,
): 'DRAFT' | 'IN_PROGRESS' | 'COMPLETED' {
  if (readSecrets(row).length === 0) return 'DRAFT'
  return content.users.some((user) => user.directory_id === row.id) ? 'COMPLETED' : 'IN_PROGRESS'
}
