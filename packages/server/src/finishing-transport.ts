import { type Readable, Transform, type Writable } from 'node:stream'
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'

type Id = string | number

const NEWLINE = 0x0a

/** The SDK's own transport ends when stdin ends, and aborts what it has not answered. */
export interface FinishingTransport extends Transport {
  /**
   * Settles when the client has closed stdin and every call has been answered, or the transport was closed. With an error where
   * that closed it: a message that is too long, or a stdout that nobody reads.
   */
  readonly finished: Promise<Error | undefined>
}

export interface StandardStreams {
  readonly stdin: Readable
  readonly stdout: Writable
}

/**
 * Creates a transport on stdin and stdout that answers what it has read before it closes: a client may write its requests and
 * close stdin at once, as a shell does. What such a client is asked is answered with an error.
 *
 * @param graceMs how long calls have after the end of stdin
 */
export function createFinishingTransport(
  graceMs: number,
  { stdin, stdout }: StandardStreams,
): FinishingTransport {
  const unanswered = new Set<Id>()
  const asked = new Set<Id>()
  let ended = false
  let closing = false
  let endsInLine = false
  let lastError: Error | undefined
  let settle = () => {}
  const whenAnswered = () =>
    new Promise<void>((resolve) => {
      settle = () => {
        if (unanswered.size === 0) resolve()
      }
      setTimeout(resolve, graceMs).unref()
      settle()
    })

  const input = new Transform({
    transform(chunk: Buffer, _, done) {
      if (chunk.length > 0) endsInLine = chunk.at(-1) !== NEWLINE
      done(null, chunk)
    },
    flush(done) {
      if (endsInLine) this.push('\n')
      // What was read before the end has been delivered by then.
      setImmediate(() => {
        ended = true
        for (const id of asked) refuseQuestion(id)
        whenAnswered().then(() => done())
      })
    },
  })
  const wire = new StdioServerTransport(stdin.pipe(input), stdout)

  const refuseQuestion = (id: Id) => {
    asked.delete(id)
    transport.onmessage?.({
      jsonrpc: '2.0',
      id,
      error: { code: -32_000, message: 'The client has closed stdin.' },
    })
  }
  let finish: (error?: Error) => void = () => {}
  const transport: FinishingTransport = {
    finished: new Promise((resolve) => {
      finish = resolve
    }),
    start() {
      wire.onmessage = (message) => {
        const id = idOf(message)
        if (id !== undefined && 'method' in message) unanswered.add(id)
        else if (id !== undefined) asked.delete(id)
        else forgetCancelled(message, unanswered)
        transport.onmessage?.(message)
        settle()
      }
      wire.onerror = (error) => {
        lastError = error
        transport.onerror?.(error)
      }
      wire.onclose = () => {
        transport.onclose?.()
        finish(ended || closing ? undefined : lastError)
      }
      return wire.start()
    },
    async send(message) {
      await wire.send(message)
      const id = idOf(message)
      if (id === undefined) return
      if ('method' in message) {
        asked.add(id)
        if (ended) refuseQuestion(id)
      } else {
        unanswered.delete(id)
        settle()
      }
    },
    close() {
      closing = true
      return wire.close()
    },
  }
  return transport
}

function idOf(message: JSONRPCMessage): Id | undefined {
  return 'id' in message ? message.id : undefined
}

/** MCP, "Cancellation": a call that is cancelled gets no answer. */
function forgetCancelled(message: JSONRPCMessage, unanswered: Set<Id>): void {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return
  const { requestId } = Object(message.params) as { requestId?: Id }
  if (requestId !== undefined) unanswered.delete(requestId)
}
