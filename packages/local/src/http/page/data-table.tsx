import type { Child } from 'hono/jsx'

export interface DataTableView {
  title: string
  /** How many there are, which may be more than are shown. */
  total?: number
  columns: string[]
  rows: Child[][]
  /** What to say when there are none. */
  empty: string
  /** The id of the table's body, for a script that adds rows. */
  body?: string
  /** Links to the other rows follow. */
  paged?: boolean
}

/** A titled table that can be scrolled, by keyboard too, or a sentence when there is nothing in it. */
export function DataTable({ title, total, columns, rows, empty, body, paged }: DataTableView) {
  const id = title.toLowerCase().replace(/\W+/g, '-')
  const count = total ?? rows.length
  return (
    <div class="data">
      <h2 id={id}>
        {title} <span class="count">{count}</span>
      </h2>
      {rows.length === 0 && <p class="empty">{empty}</p>}
      {(rows.length > 0 || body !== undefined) && (
        <section class="scroll" tabindex={0} aria-labelledby={id}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th scope="col">{column}</th>
                ))}
              </tr>
            </thead>
            <tbody id={body}>
              {rows.map((cells) => (
                <tr>
                  {cells.map((cell) => (
                    <td>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {count > rows.length && !paged && (
        <p class="note">And {count - rows.length} more; the API lists them all.</p>
      )}
    </div>
  )
}

/** An id or another name for machines. */
export function Id({ children }: { children: Child }) {
  return <code>{children}</code>
}

/** A word that says how something is; `good` and `bad` are told by the word too, not by colour alone. */
export function State({ children, good, bad }: { children: Child; good?: boolean; bad?: boolean }) {
  return <span class={`state${good ? ' good' : ''}${bad ? ' bad' : ''}`}>{children}</span>
}
