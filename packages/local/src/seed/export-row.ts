/** Without the members that are null: a seed leaves them out. */
export function present(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))
}

/** The times of a row as a seed writes them. */
export function stamps(row: { created_at: number; updated_at: number }) {
  return {
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  }
}
