import type { clients } from '@scalekit-mcp/api'
import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'
import { readClient } from '../find-client.js'

/** The lists of a client, by the names of the API. */
const lists = {
  postLoginUris: 'post_login_uris',
  postLogoutRedirectUris: 'post_logout_redirect_uris',
} as const

export type UriList = keyof typeof lists

/** What is added to a list and taken away from it. */
export interface ListEdit {
  readonly add?: readonly string[] | undefined
  readonly remove?: readonly string[] | undefined
}

export interface Edit extends Readonly<Partial<Record<UriList, ListEdit>>> {
  readonly environmentId: string
  readonly clientId: string
  /** One value, so there is no edit to lose: the last one counts. */
  readonly initiateLoginUri?: string | undefined
}

const WRITES = 5
const SETTLE_MS = 500

/** A list after an edit: what is added comes last. */
export function edited(uris: readonly string[], { add = [], remove = [] }: ListEdit): string[] {
  return [
    ...uris.filter((uri) => !remove.includes(uri)),
    ...new Set(add.filter((uri) => !uris.includes(uri))),
  ]
}

/**
 * Adds URIs to the lists of a client, and takes others away, in one write and so that no edit at the same time is lost. The API takes
 * whole lists without a precondition: on this server edits of a client go one after the other, and since
 * another replica may have read before we wrote, and written after, we read again once every such write has
 * arrived, and write again on the fresh list if ours was lost.
 *
 * @throws ToolError `precondition_failed` when others keep writing in between
 */
export async function editUris(
  { scalekit, progress }: Pick<ToolContext, 'scalekit' | 'progress'>,
  edit: Edit,
): Promise<clients.Client> {
  for (let writes = 0; ; writes++) {
    progress(writes, writes === 0 ? 'Writing the list' : 'Checking that no edit at the same time was lost')
    const turn = await scalekit.inTurn(edit.clientId, () => writeUnlessSettled(scalekit, edit, writes))
    if (turn.settled) return turn.settled
    await pause(turn.milliseconds, writes)
  }
}

async function writeUnlessSettled(
  scalekit: ToolContext['scalekit'],
  edit: Edit,
  writes: number,
): Promise<{ settled?: clients.Client; milliseconds: number }> {
  const started = performance.now()
  const client = await readClient(scalekit, edit.environmentId, edit.clientId)
  const open = changesOf(client, edit, writes)
  if (open.length === 0) return { settled: client, milliseconds: 0 }
  if (writes === WRITES) {
    throw new ToolError('precondition_failed', 'Others change the URIs of this client at the same time.')
  }
  await scalekit.clients(edit.environmentId).updateClient({
    clientId: edit.clientId,
    client: Object.fromEntries(open.map(({ field, value }) => [field, value])),
    mask: { paths: open.map(({ path }) => path) },
  })
  return { milliseconds: performance.now() - started }
}

/** What of an edit a client does not have yet. */
function changesOf(client: clients.Client, edit: Edit, writes: number) {
  const { initiateLoginUri } = edit
  const missing =
    writes === 0 && initiateLoginUri !== undefined && initiateLoginUri !== client.initiateLoginUri
  const changes = Object.entries(lists).flatMap(([name, path]) => {
    const field = name as UriList
    const value = edited(client[field], edit[field] ?? {})
    return sameUris(value, client[field]) ? [] : [{ field, path, value }]
  })
  return missing
    ? [...changes, { field: 'initiateLoginUri', path: 'initiate_login_uri', value: initiateLoginUri }]
    : changes
}

const sameUris = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((uri) => others.includes(uri))

/**
 * Long enough for a write by others as slow as ours to have arrived, and after each loss more scattered, so
 * that replicas which met do not meet again.
 */
function pause(milliseconds: number, losses: number): Promise<void> {
  const settle = Math.max(SETTLE_MS, 2 * milliseconds)
  return new Promise((resolve) => setTimeout(resolve, settle + Math.random() * losses * SETTLE_MS))
}
