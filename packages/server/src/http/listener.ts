import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Caller } from '@scalekit-mcp/auth'
import { type Admission, type NodeProtection, sendServerError } from '@scalekit-mcp/auth/server'
import { Exchange, type ExchangeOptions } from './exchange.js'
import type { HandOffPages } from './hand-off/hand-off-pages.js'
import type { Page } from './pages.js'

export interface ListenerOptions extends ExchangeOptions {
  /** Answers a browser that opens the server's URL. False: it is not one. */
  readonly landing: (req: IncomingMessage, res: ServerResponse) => boolean
  readonly protection: NodeProtection
  /** Serves what the protection let through. */
  readonly serveMessage: (exchange: Exchange, caller: Caller) => Promise<void>
  /** Where a person decides about a call. */
  readonly handOffPages: HandOffPages
  /** Everything else that is not about the resource. */
  readonly pages: Page
}

/** The order in which every request is served: protected, then MCP or a page; noted when it has ended. */
export function createListener(options: ListenerOptions): RequestListener {
  const { landing, protection, serveMessage, handOffPages, pages, log } = options

  async function decide({ req, res }: Exchange): Promise<Admission> {
    return landing(req, res) ? { outcome: 'served' } : protection.admit(req, res)
  }

  async function serve(exchange: Exchange, deciding: Promise<Admission>): Promise<void> {
    const admission = await deciding
    if (admission.outcome === 'elsewhere') {
      if (await handOffPages(exchange)) return
      return pages(exchange.req, exchange.res)
    }
    if (admission.outcome === 'served') return
    if (admission.outcome === 'public') throw new Error('This server has no public tools')
    exchange.caller = admission.caller
    exchange.message = admission.message
    if (admission.outcome === 'refused') return exchange.refused(admission.refusal)
    exchange.acceptsOnly = admission.acceptsOnly
    return serveMessage(exchange, admission.caller)
  }

  return (req, res) => {
    const exchange = new Exchange(options, req, res)
    const deciding = decide(exchange)
    res.on('close', () => exchange.closed(deciding))
    serve(exchange, deciding).catch((error: unknown) => {
      log.error({ err: error }, 'request failed')
      if (res.headersSent) res.destroy()
      else sendServerError(res)
    })
  }
}
