import type { Kysely } from 'kysely'
import type { DependentRow, Schema } from '../../storage/schema.js'

type Db = Kysely<Schema>

/** Something that tokens, grants and sessions end with. */
export type Cause = `${
  | 'client'
  | 'grant'
  | 'membership'
  | 'organization'
  | 'resource'
  | 'session'
  | 'token'
  | 'user'}:${string}`

/** A token by its `jti`, a grant or a session by its id. It is kept until it expires by itself, in milliseconds. */
export type Dependent = Omit<DependentRow, 'depends_on'>

/** Records what a token, grant or session ends with. */
export async function recordDependent(db: Db, dependent: Dependent, causes: readonly Cause[]): Promise<void> {
  const { expires_at } = dependent
  await db
    .insertInto('dependents')
    .values([...new Set(causes)].map((depends_on) => ({ ...dependent, depends_on })))
    .onConflict((conflict) => conflict.columns(['kind', 'id', 'depends_on']).doUpdateSet({ expires_at }))
    .execute()
}

/** What a token ends with. A token that is made from it ends with the same. */
export async function causesOf(db: Db, jti: string): Promise<Cause[]> {
  const rows = await db
    .selectFrom('dependents')
    .select('depends_on')
    .where('kind', '=', 'token')
    .where('id', '=', jti)
    .execute()
  return [`token:${jti}`, ...rows.map(({ depends_on }) => depends_on as Cause)]
}

/** What a token ends with by its claims: its subject, client, session, organization, and the MCP server that it is for. */
export function causesIn(claims: Readonly<Record<string, unknown>>): Cause[] {
  const text = (name: string) => (typeof claims[name] === 'string' ? claims[name] : undefined)
  const [sub, client, sid, oid] = ['sub', 'client_id', 'sid', 'oid'].map(text)
  const resources = [claims.aud].flat().filter((name) => /^res_\d+$/.test(String(name)))
  return [
    ...(client === undefined ? [] : [`client:${client}` as const]),
    ...(sid === undefined ? [] : [`session:${sid}` as const]),
    ...resources.map((id) => `resource:${id}` as const),
    ...(sub === undefined || sub === client ? organizationCauses(oid) : userCauses(sub, oid)),
  ]
}

/** What ends with a user who acts in an organization, or in none. */
export function userCauses(user: string, organization: string | undefined): Cause[] {
  const membership = organization && (`membership:${organization}/${user}` as const)
  return [`user:${user}`, ...organizationCauses(organization), ...(membership ? [membership] : [])]
}

function organizationCauses(organization: string | undefined): Cause[] {
  return organization === undefined ? [] : [`organization:${organization}`]
}
