import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

/** What is kept of a body, in bytes. */
const LIMIT = 64 * 1024

/** The start of a body. */
export interface KeptBody {
  readonly bytes: Buffer
  /** Whether nothing came after it. */
  readonly isWhole: boolean
}

/** Keeps the start of the body that a request brings, as others read it: it reads nothing by itself. */
export function keepIncoming(request: IncomingMessage | Http2ServerRequest): () => KeptBody {
  const { add, kept } = collector()
  const emit = request.emit.bind(request) as (event: string | symbol, ...args: unknown[]) => boolean
  request.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event === 'data') add(args[0])
    return emit(event, ...args)
  }
  return kept
}

/** Keeps the start of the body that is written to an answer. */
export function keepOutgoing(response: ServerResponse | Http2ServerResponse): () => KeptBody {
  const { add, kept } = collector()
  const writing = response as unknown as Record<'write' | 'end', (...args: unknown[]) => unknown>
  for (const name of ['write', 'end'] as const) {
    const write = writing[name].bind(response)
    writing[name] = (...args) => {
      add(args[0], args[1])
      return write(...args)
    }
  }
  return kept
}

function collector() {
  const chunks: Buffer[] = []
  let size = 0
  return {
    add(chunk: unknown, encoding?: unknown): void {
      const bytes =
        typeof chunk === 'string'
          ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
          : chunk instanceof Uint8Array
            ? Buffer.from(chunk)
            : undefined
      if (bytes === undefined) return
      if (size < LIMIT) chunks.push(bytes.subarray(0, LIMIT - size))
      size += bytes.length
    },
    kept: (): KeptBody => ({ bytes: Buffer.concat(chunks), isWhole: size <= LIMIT }),
  }
}
