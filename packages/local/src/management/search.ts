import { type Expression, type SqlBool, sql } from 'kysely'
import type { Dialect } from '../engine/dialect.js'

/** Whether one of the texts contains another, whatever its case. `%` and `_` stand for themselves. */
export function contains(texts: readonly Expression<string | null>[], wanted: string): Expression<SqlBool> {
  const pattern = `%${wanted.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const tests = texts.map((text) => sql<SqlBool>`lower(${text}) like ${pattern} escape '\\'`)
  return sql<SqlBool>`(${sql.join(tests, sql` or `)})`
}

export function column(name: string): Expression<string | null> {
  return sql.ref<string | null>(name)
}

/** A text inside a column that holds JSON. */
export function inside(dialect: Dialect, name: string, path: readonly string[]): Expression<string | null> {
  if (dialect === 'postgres') return sql`${sql.ref(name)}::json #>> ${sql.lit(`{${path.join(',')}}`)}`
  return sql`json_extract(${sql.ref(name)}, ${sql.lit(`$.${path.join('.')}`)})`
}
