import type { clients } from '@scalekit-mcp/api'
import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'
import { readClient } from './client.js'

/** The lists of a client, by the names of the API. */
const lists = {
  postLoginUris: 'post_login_uris',
  postLogoutRedirectUris: 'post_logout_redirect_uris',
} as const

export interface Edit {
  readonly environmentId: string
  readonly clientId: string
  readonly list: keyof typeof lists
  readonly uri: string
  /** Whether the URI shall be in the list or not. */
  readonly wanted: boolean
}

const WRITES = 5
const SETTLE_MS = 500

/**
 * Adds a URI to a list of a client, or takes it away, so that no edit at the same time is lost. The API takes
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
  { environmentId, clientId, list, uri, wanted }: Edit,
  writes: number,
): Promise<{ settled?: clients.Client; milliseconds: number }> {
  const started = performance.now()
  const client = await readClient(scalekit, environmentId, clientId)
  const others = client[list].filter((each) => each !== uri)
  if (wanted === others.length < client[list].length) return { settled: client, milliseconds: 0 }
  if (writes === WRITES) {
    throw new ToolError('precondition_failed', 'Others change the URIs of this client at the same time.')
  }
  await scalekit.clients(environmentId).updateClient({
    clientId,
    client: { [list]: wanted ? [...others, uri] : others },
    mask: { paths: [lists[list]] },
  })
  return { milliseconds: performance.now() - started }
}

/**
 * Long enough for a write by others as slow as ours to have arrived, and after each loss more scattered, so
 * that replicas which met do not meet again.
 */
function pause(milliseconds: number, losses: number): Promise<void> {
  const settle = Math.max(SETTLE_MS, 2 * milliseconds)
  return new Promise((resolve) => setTimeout(resolve, settle + Math.random() * losses * SETTLE_MS))
}
