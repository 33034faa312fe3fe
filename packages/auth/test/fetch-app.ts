import type { FetchCall, ProtectOptions } from '@scalekit-mcp/auth/fetch'
import { callerIfAny, callerOf, mcpAuth, requireScopes } from '@scalekit-mcp/auth/fetch'

/** The app of the adapter contract, for any runtime with the Fetch API: paths in a table, everything else to the protection. */
export function createFetchApp(options: ProtectOptions<Request>) {
  const auth = mcpAuth(options)
  const routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
    '/report': auth.guard('report:read')((_, call) => Response.json(callerOf(call).subject)),
    '/export': auth.guard()((_, call) => Response.json(requireScopes(call, 'report:read').subject)),
    '/unguarded': () => Response.json(callerOf({}).subject),
  }
  const fetch = auth.protect(
    (_, call) => Response.json(answerTo(call)),
    (request) => (routes[new URL(request.url).pathname] ?? auth.notFound)(request),
  )
  return { fetch, close: auth.close }
}

export function answerTo(call: FetchCall): object {
  const { id } = Object(call.parsedBody)
  return { jsonrpc: '2.0', id, result: { subject: callerIfAny(call)?.subject ?? null } }
}
