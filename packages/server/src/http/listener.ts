import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type Admission, type Protection, sendJson } from '@scalekit-mcp/auth'
import type { Page } from './pages.js'

export interface ListenerParts {
  readonly observe: (req: IncomingMessage, res: ServerResponse) => void
  /** Answers a browser that opens the server's URL. False: it is not one. */
  readonly landing: (req: IncomingMessage, res: ServerResponse) => boolean
  readonly protection: Protection
  /** Serves what the protection let through. */
  readonly mcp: (req: IncomingMessage, res: ServerResponse) => Promise<void> | undefined
  /** Everything that is not about the resource. */
  readonly pages: Page
  readonly onFailure: (error: unknown) => void
}

/** The order in which every request is served: noted, protected, then MCP or a page. */
export function createListener({
  observe,
  landing,
  protection,
  mcp,
  pages,
  onFailure,
}: ListenerParts): RequestListener {
  const admitted = (req: IncomingMessage, res: ServerResponse, admission: Admission) => {
    if (admission === 'elsewhere') return pages(req, res)
    if (admission === 'admitted') return mcp(req, res)
  }
  /** A promise only where something is waited for: most refusals and the metadata are answered at once. */
  const serve = (req: IncomingMessage, res: ServerResponse) => {
    observe(req, res)
    if (landing(req, res)) return
    const admission = protection.admit(req, res)
    if (admission instanceof Promise) return admission.then((decided) => admitted(req, res, decided))
    return admitted(req, res, admission)
  }
  const fail = (res: ServerResponse, error: unknown) => {
    onFailure(error)
    if (res.headersSent) res.destroy()
    else
      sendJson(res, 500, {
        error: 'server_error',
        error_description: 'The request failed. Try again later.',
      })
  }
  return (req, res) => {
    try {
      serve(req, res)?.catch((error: unknown) => fail(res, error))
    } catch (error) {
      fail(res, error)
    }
  }
}
