import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathOf } from '@scalekit-mcp/auth/server'
import { selectionOf } from '../../call/access.js'
import type { Principal } from '../../call/call-tool.js'
import type { McpOptions } from '../../mcp/sdk-server.js'
import { type Decisions, decideHandOff, showHandOff } from './decide.js'
import { messagePage, type Page, sendPage } from './page.js'

/** The pages of a server over stdio, on a port of this machine that only its programs reach. */
export interface LoopbackPages {
  /** The page of a hand-off. The port opens with the first. */
  urlOf(id: string): Promise<string>
  close(): Promise<void>
}

/**
 * Nobody signs in: the process speaks for the operator who started it, and the id in the link, which nobody can guess, went to
 * the client of that operator only.
 *
 * @param principal of a call at a page, by a new request id
 */
export function createLoopbackPages(
  mcp: () => McpOptions,
  principal: () => Principal & { readonly requestId: string },
): LoopbackPages {
  const formToken = randomBytes(32).toString('base64url')
  const decisions: Decisions = new Map()
  let listening: Promise<Server> | undefined

  async function serve(req: IncomingMessage, res: ServerResponse, origin: string): Promise<Page> {
    const id = /^\/hand-off\/([\w-]{43})$/.exec(pathOf(req.url))?.[1]
    // Another name is a page of the web that was sent here (DNS rebinding).
    const isOurs = `http://${req.headers.host}` === origin && (req.headers.origin ?? origin) === origin
    const handOff = id === undefined || !isOurs ? undefined : await mcp().handOffs.get(id)
    const tool = mcp().tools.find(({ name }) => name === handOff?.tool)
    if (!handOff || !tool) return messagePage(404, 'Nothing waits here', 'This link is over. Call again.')
    const own = principal()
    const visit = {
      handOff,
      tool,
      principal: { ...own, selection: selectionOf(handOff.selection) },
      formToken,
      requestId: own.requestId,
      signOut: async () => undefined,
      decisions,
    }
    return req.method === 'POST' ? decideHandOff(mcp(), visit, req, res) : showHandOff(mcp(), visit)
  }

  async function listen(): Promise<Server> {
    const server = createServer((req, res) => {
      serve(req, res, originOf(server)).then(
        (page) => sendPage(res, page),
        () => res.destroy(),
      )
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server
  }

  return {
    async urlOf(id) {
      listening ??= listen()
      return `${originOf(await listening)}/hand-off/${id}`
    },
    async close() {
      const server = await listening
      server?.close()
      server?.closeAllConnections()
    },
  }
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
