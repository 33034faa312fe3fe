/** How many rows a page of a long list has. */
export const PAGE_SIZE = 50

export interface Paging {
  /** From 1. */
  page: number
  /** How many rows there are on all pages. */
  total: number
}

/** Reads the page that a URL asks for; the first where it says nothing sensible. */
export function readPageNumber(value: unknown): number {
  return /^[1-9]\d{0,5}$/.test(String(value)) ? Number(value) : 1
}

/** Leads to the pages before and after. */
export function Pager({
  page,
  total,
  path,
  query = {},
}: Paging & { path: string; query?: Record<string, string> }) {
  const pages = Math.ceil(total / PAGE_SIZE)
  if (pages <= 1) return null
  const to = (number: number) => `${path}?${new URLSearchParams({ ...query, page: String(number) })}`
  return (
    <nav class="pager" aria-label="Pages">
      {page > 1 && <a href={to(page - 1)}>Newer</a>}
      <span>
        Page {page} of {pages}
      </span>
      {page < pages && <a href={to(page + 1)}>Older</a>}
    </nav>
  )
}
