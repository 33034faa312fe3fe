import { createHash } from 'node:crypto'
import { Code } from '@connectrpc/connect'
import { apiError } from '@scalekit-mcp/api'
import { type SelectQueryBuilder, sql } from 'kysely'

const DEFAULT_SIZE = 10
const MAX_SIZE = 500

/** A page of a list that is sorted by id, newest first. */
export interface Page {
  /** Which list: a token of another list, or of another environment, does not open it. */
  readonly list: string
  readonly size: number
  /** Where the page before or after this one ended. */
  readonly from?: { readonly id: string; readonly towards: 'older' | 'newer' }
}

export interface PageRequest {
  readonly pageSize?: number | undefined
  readonly pageToken?: string | undefined
}

/**
 * Reads the paging of a request. The first page has no token; `1` is accepted, since clients send it.
 * @param list what names the list: its method, environment and filters
 * @throws {ConnectError} InvalidArgument for a token that this list did not give
 */
export function readPage(list: readonly string[], { pageSize, pageToken }: PageRequest): Page {
  const name = list.join('\n')
  const size = Math.min(pageSize || DEFAULT_SIZE, MAX_SIZE)
  if (!pageToken || pageToken === '1') return { list: name, size }
  const [, towards, id, sum] = /^([on])\.(\w+)\.([\w-]+)$/.exec(pageToken) ?? []
  if (towards === undefined || id === undefined || sum !== checksum(name, towards + id)) {
    throw apiError(Code.InvalidArgument, 'The page token is not one of this list: start without a token', {
      fieldViolations: [{ field: 'page_token', description: 'not a token of this list' }],
    })
  }
  return { list: name, size, from: { id, towards: towards === 'o' ? 'older' : 'newer' } }
}

export interface PageOf<Row> {
  readonly rows: readonly Row[]
  readonly nextPageToken: string
  readonly prevPageToken: string
}

/**
 * Runs a query for one page, by its key and not by an offset, so that inserts and deletes move nothing.
 * @param idColumn the column that is the rows' `id`
 */
export async function fetchPage<DB, TB extends keyof DB, Row extends { id: string }>(
  { list, size, from }: Page,
  query: SelectQueryBuilder<DB, TB, Row>,
  idColumn: string,
): Promise<PageOf<Row>> {
  const id = sql.ref<string>(idColumn)
  const newer = from?.towards === 'newer'
  const narrowed = from ? query.where(id, newer ? '>' : '<', from.id) : query
  const found = await narrowed
    .orderBy(id, newer ? 'asc' : 'desc')
    .limit(size + 1)
    .execute()
  const more = found.length > size
  const rows = newer ? found.slice(0, size).reverse() : found.slice(0, size)
  const first = rows[0]
  const last = rows.at(-1)
  return {
    rows,
    nextPageToken: last && (newer || more) ? token(list, 'o', last.id) : '',
    prevPageToken: first && (newer ? more : from) ? token(list, 'n', first.id) : '',
  }
}

export interface ListOf<Row> {
  readonly rows: readonly Row[]
  readonly tokens: {
    readonly nextPageToken: string
    readonly prevPageToken: string
    readonly totalSize: number
  }
}

/** One page of a query, and how many rows it has in all. A first page that holds all of them needs no second query. */
export async function fetchList<DB, TB extends keyof DB, Row extends { id: string }>(
  page: Page,
  query: SelectQueryBuilder<DB, TB, Row>,
  idColumn: string,
): Promise<ListOf<Row>> {
  const { rows, ...tokens } = await fetchPage(page, query, idColumn)
  const isAll = !page.from && !tokens.nextPageToken
  return { rows, tokens: { ...tokens, totalSize: isAll ? rows.length : await countOf(query) } }
}

async function countOf<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
): Promise<number> {
  const counting = query.clearSelect().select(sql<number>`count(*)`.as('total'))
  const { total } = await (
    counting as SelectQueryBuilder<DB, TB, { total: number }>
  ).executeTakeFirstOrThrow()
  return Number(total)
}

/** The same for entries that are in memory. */
export function pageOf<Row extends { id: string }>(
  { list, size, from }: Page,
  entries: readonly Row[],
): ListOf<Row> {
  const sorted = [...entries].sort((a, b) => (a.id < b.id ? 1 : -1))
  const after = sorted.findIndex(
    ({ id }) => from && (from.towards === 'older' ? id < from.id : id <= from.id),
  )
  const edge = from ? (after === -1 ? sorted.length : after) : 0
  const start = from?.towards === 'newer' ? Math.max(edge - size, 0) : edge
  const rows = sorted.slice(start, from?.towards === 'newer' ? edge : start + size)
  const first = rows[0]
  const last = rows.at(-1)
  return {
    rows,
    tokens: {
      nextPageToken: last && sorted.at(-1) !== last ? token(list, 'o', last.id) : '',
      prevPageToken: first && start > 0 ? token(list, 'n', first.id) : '',
      totalSize: sorted.length,
    },
  }
}

function token(list: string, towards: 'o' | 'n', id: string): string {
  return `${towards}.${id}.${checksum(list, towards + id)}`
}

/** Not a secret: it only finds tokens that were changed or belong elsewhere. Every query is confined anyway. */
function checksum(list: string, position: string): string {
  return createHash('sha256').update(`${list}\n${position}`).digest('base64url').slice(0, 12)
}
