import type { Kysely } from 'kysely'
import { listPeople } from '../domain/users/people.js'
import { type DataTableView, Id } from '../http/page/data-table.js'
import type { Schema } from '../storage/schema.js'
import { countAll } from './read-overview.js'

/** How many rows of a kind a page shows. */
export const ROWS_SHOWN = 100

type Db = Kysely<Schema>

export async function membersTable(db: Db): Promise<DataTableView> {
  const people = await listPeople({ db }, 'workspace', ROWS_SHOWN)
  return {
    title: 'Members',
    total: await countAll(db, 'members'),
    columns: ['Name', 'E-mail', 'Id', 'Role'],
    rows: people.map(({ id, name, email, role }) => [name, email, <Id>{id}</Id>, role]),
    empty: 'No member yet.',
  }
}
