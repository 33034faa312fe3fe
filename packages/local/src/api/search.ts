import { type Expression, type SqlBool, sql } from 'kysely'
import type { Dialect } from '../storage/dialect.js'

/**
 * Whether one of the texts contains another, whatever its case; SQLite knows the case of ASCII letters only. `%` and `_`
 * stand for themselves. It reads every row, so it does nothing to a row that it can leave out.
 */
export function contains(
  dialect: Dialect,
  texts: readonly Expression<string | null>[],
  wanted: string,
): Expression<SqlBool> {
  const pattern = `%${wanted.replace(/[\\%_]/g, '\\$&')}%`
  const like = dialect === 'postgres' ? sql`ilike` : sql`like`
  const tests = texts.map((text) => sql<SqlBool>`${text} ${like} ${pattern} escape '\\'`)
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
