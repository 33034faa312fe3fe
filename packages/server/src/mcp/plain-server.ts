import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server'

type WrapHandler = Server['_wrapHandler']

/**
 * The SDK's server, which says in a sentence what is wrong with the parameters of a request, with -32602 (JSON-RPC 2.0 section
 * 5.1): the SDK answers with the list of its schema's complaints, and for most methods with -32603.
 */
export class PlainServer extends Server {
  protected override _wrapHandler(...[method, handler]: Parameters<WrapHandler>): ReturnType<WrapHandler> {
    const wrapped = super._wrapHandler(method, handler)
    return (request, context) =>
      wrapped(request, context).catch((error: unknown) => {
        throw describedPlainly(error)
      })
  }
}

/** The schema's complaints begin the message, or follow a heading. */
const COMPLAINTS = /^(?:Invalid [a-z/]{1,40} request: )?(\[\s*\{.*\])$/s

function describedPlainly(error: unknown): unknown {
  const [, json] = error instanceof Error ? (COMPLAINTS.exec(error.message) ?? []) : []
  if (json === undefined) return error
  const [complaint] = JSON.parse(json) as { readonly path?: readonly unknown[]; readonly message?: string }[]
  const message = `${complaint?.path?.join('.') || 'params'}: ${complaint?.message ?? 'Invalid input'}.`
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message)
}

/**
 * Refuses a cursor (MCP, basic/utilities/pagination, "Error Handling"): every list has one page, so that none was issued. Clients
 * that have none may send an empty one.
 *
 * @throws ProtocolError -32602
 */
export function refuseCursor({
  params,
}: {
  readonly params?: { readonly cursor?: string | undefined } | undefined
}): void {
  if (!params?.cursor) return
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    'params.cursor: This list has one page. Leave cursor out.',
  )
}
