import { type Kysely, sql } from 'kysely'
import { WORKSPACE } from '../domain/environments/realm.js'
import type { Schema } from '../storage/schema.js'

type Db = Kysely<Schema>

const rows = sql<number>`count(*)`.as('count')

/** What a realm has, in numbers. */
export interface EnvironmentSummary {
  id: string
  name: string
  type?: string
  /** The client that programs use first. */
  client?: string
  counts: [count: number, name: string][]
}

export async function readOverview(db: Db): Promise<EnvironmentSummary[]> {
  const environments = await db
    .selectFrom('environments')
    .select(['id', 'display_name', 'type'])
    .orderBy('id')
    .execute()
  const members = await countAll(db, 'members')
  const workspace: EnvironmentSummary = {
    ...{ id: WORKSPACE, name: 'Workspace', ...(await firstClient(db, WORKSPACE)) },
    counts: [counted(members, 'member'), ...(await registered(db, WORKSPACE))],
  }
  const summaries = environments.map(async ({ id, display_name, type }): Promise<EnvironmentSummary> => {
    const [organizations, users, connections, directories] = await Promise.all([
      countIn(db, 'organizations', id),
      countIn(db, 'users', id),
      countIn(db, 'connections', id),
      countIn(db, 'directories', id),
    ])
    return {
      ...{ id, name: display_name, type, ...(await firstClient(db, id)) },
      counts: [
        counted(organizations, 'organization'),
        counted(users, 'user'),
        counted(connections, 'connection'),
        counted(directories, 'directory', 'directories'),
        ...(await registered(db, id)),
      ],
    }
  })
  return [workspace, ...(await Promise.all(summaries))]
}

async function registered(db: Db, realm: string): Promise<EnvironmentSummary['counts']> {
  const servers = await countOf(db, 'resources', realm)
  return [counted(servers, 'MCP server'), counted(await countOf(db, 'clients', realm), 'client')]
}

/** How many MCP servers or clients a realm has. */
export async function countOf(db: Db, table: 'resources' | 'clients', realm: string): Promise<number> {
  const query = db.selectFrom(table).select(rows).where('realm', '=', realm)
  return Number((await query.executeTakeFirstOrThrow()).count)
}

function counted(count: number, one: string, many = `${one}s`): [number, string] {
  return [count, count === 1 ? one : many]
}

async function firstClient(db: Db, realm: string): Promise<{ client?: string }> {
  const row = await db
    .selectFrom('clients')
    .select('id')
    .where('realm', '=', realm)
    .orderBy('id')
    .executeTakeFirst()
  return row === undefined ? {} : { client: row.id }
}

type InEnvironment = 'organizations' | 'users' | 'connections' | 'directories'

/** How many rows of an environment a table has. */
async function countIn(db: Db, table: InEnvironment, environment: string): Promise<number> {
  const query = db.selectFrom(table).select(rows).where('environment_id', '=', environment)
  return Number((await query.executeTakeFirstOrThrow()).count)
}

/** How many rows a table has. */
export async function countAll(db: Db, table: 'members'): Promise<number> {
  return Number((await db.selectFrom(table).select(rows).executeTakeFirstOrThrow()).count)
}
