import { type Expression, type SqlBool, sql } from 'kysely'

/** Whether one of the columns contains the text, whatever its case. `%` and `_` stand for themselves. */
export function contains(columns: readonly string[], text: string): Expression<SqlBool> {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const tests = columns.map((column) => sql<SqlBool>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`)
  return sql<SqlBool>`(${sql.join(tests, sql` or `)})`
}
