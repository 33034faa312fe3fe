import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import { WORKSPACE } from '../environments/realm.js'

/** The types of connection that stand for ways of signing in which name none: the page's own list of people, passwords, passkeys. */
const TYPES: Readonly<Record<string, string>> = {
  local: 'PASSWORDLESS',
  otp: 'PASSWORDLESS',
  pwd: 'PASSWORD',
  hwk: 'WEBAUTHN',
}

/** The connections that somebody signed in with, by their ids. The workspace has no connections. */
export async function connectionsOf(
  db: Kysely<Schema>,
  realm: string,
  ways: readonly string[],
): Promise<string[]> {
  if (realm === WORKSPACE) return [...ways]
  const types = ways.flatMap((way) => TYPES[way] ?? [])
  const own = types.length === 0 ? [] : await ownConnections(db, realm, types)
  return [...new Set([...ways.filter((way) => TYPES[way] === undefined), ...own])]
}

async function ownConnections(db: Kysely<Schema>, realm: string, types: readonly string[]) {
  const rows = await db
    .selectFrom('connections')
    .select('id')
    .where('environment_id', '=', realm)
    .where('organization_id', 'is', null)
    .where('type', 'in', types)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}
