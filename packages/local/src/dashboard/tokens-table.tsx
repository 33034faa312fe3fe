import type { Kysely } from 'kysely'
import { z } from 'zod'
import { findPerson } from '../domain/users/people.js'
import { type DataTableView, Id, State } from '../http/page/data-table.js'
import type { Clock } from '../storage/clock.js'
import type { Schema } from '../storage/schema.js'
import { hashSecret } from '../storage/secret-hash.js'
import { ROWS_SHOWN } from './people-tables.js'

type Db = Kysely<Schema>

const Grant = z.object({ accountId: z.string(), clientId: z.string() })

/** The access tokens that came from sign-ins, latest first: what is known of them, which is not the tokens. */
export async function tokensTable(db: Db, clock: Clock): Promise<DataTableView> {
  const ofGrants = db
    .selectFrom('dependents')
    .where('dependents.kind', '=', 'token')
    .where('dependents.depends_on', 'like', 'grant:%')
  const { count } = await ofGrants.select(({ fn }) => fn.countAll().as('count')).executeTakeFirstOrThrow()
  const tokens = await ofGrants
    .leftJoin('revoked_tokens', (join) =>
      join
        .onRef('revoked_tokens.jti', '=', 'dependents.id')
        .onRef('revoked_tokens.realm', '=', 'dependents.realm'),
    )
    .selectAll('dependents')
    .select('revoked_tokens.jti as revoked')
    .orderBy('dependents.id', 'desc')
    .limit(ROWS_SHOWN)
    .execute()
  const rows = tokens.map(async ({ realm, id, depends_on, expires_at, revoked }) => {
    const grant = await findGrant(db, depends_on.slice('grant:'.length))
    const person = grant && (await findPerson({ db }, realm, grant.accountId))
    return [
      <Id>{id}</Id>,
      person?.email ?? '–',
      grant === undefined ? '–' : <Id>{grant.clientId}</Id>,
      <Id>{realm}</Id>,
      new Date(expires_at).toISOString(),
      stateOf(revoked !== null, expires_at <= clock.now()),
    ]
  })
  return {
    title: 'Tokens issued',
    total: Number(count),
    columns: ['Token', 'Person', 'Client', 'Realm', 'Expires', 'State'],
    rows: await Promise.all(rows),
    empty: 'Nobody has signed in yet.',
  }
}

function stateOf(revoked: boolean, expired: boolean) {
  if (revoked) return <State bad>revoked</State>
  return expired ? <State>expired</State> : <State good>active</State>
}

async function findGrant(db: Db, grantId: string) {
  const row = await db
    .selectFrom('oidc_records')
    .select('payload')
    .where('model', '=', 'Grant')
    .where('id_hash', '=', hashSecret(grantId))
    .executeTakeFirst()
  return row && Grant.parse(JSON.parse(row.payload))
}
