import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../dialect.js'
import type { Schema } from '../schema.js'
import { first } from './0001-first.js'
import { registry } from './0002-registry.js'
import { snapshots } from './0003-snapshots.js'
import { signIn } from './0004-sign-in.js'
import { events } from './0005-events.js'
import { uniqueNames } from './0006-unique-names.js'
import { passwords } from './0007-passwords.js'
import { dependents } from './0008-dependents.js'
import { sessionPolicies } from './0009-session-policies.js'
import { sharedExternalIds } from './0010-shared-external-ids.js'
import { untoldEvents } from './0011-untold-events.js'
import { controlState } from './0012-control-state.js'
import { agentTools } from './0013-agent-tools.js'
import { tools } from './0014-tools.js'
import { proxy } from './0015-proxy.js'
import { tokenClaims } from './0016-token-claims.js'
import { changes } from './0017-changes.js'
import type { Migration } from './migration.js'

/** Every step, in order. A step that has shipped is never edited; a change is a new step at the end. */
const MIGRATIONS: Migration[] = [
  first,
  registry,
  snapshots,
  signIn,
  events,
  uniqueNames,
  passwords,
  dependents,
  sessionPolicies,
  sharedExternalIds,
  untoldEvents,
  controlState,
  agentTools,
  tools,
  proxy,
  tokenClaims,
  changes,
]

/** Any number, the same in every process: PostgreSQL's advisory lock while the schema changes. */
const LOCK = 787_001

/** Applies the steps that are missing, in one transaction that holds the database's write lock. */
export async function migrate(db: Kysely<Schema>, dialect: Dialect): Promise<void> {
  const text = dialect === 'postgres' ? 'text COLLATE "C"' : 'text'
  await db.transaction().execute(async (transaction) => {
    if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(${LOCK})`.execute(transaction)
    await sql.raw(`create table if not exists schema_steps (name ${text} primary key)`).execute(transaction)
    const applied = await sql<{ name: string }>`select name from schema_steps`.execute(transaction)
    const done = new Set(applied.rows.map((row) => row.name))
    for (const migration of MIGRATIONS.filter((step) => !done.has(step.name))) {
      for (const statement of migration.statements(text)) await sql.raw(statement).execute(transaction)
      await sql`insert into schema_steps (name) values (${migration.name})`.execute(transaction)
    }
  })
}
