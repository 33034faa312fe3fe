import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { isOnlooker } from '../http/onlookers.js'
import { type Fault, isAnswer } from './fault.js'
import { answerFault } from './fault-answer.js'
import type { Faults } from './faults.js'
import { rpcOf } from './rpc-of.js'

type Incoming = IncomingMessage | Http2ServerRequest
type Outgoing = ServerResponse | Http2ServerResponse

/** Does the work of a request, or what a fault makes of it. The control and the dashboard never fail this way. */
export function injectFault(faults: Faults, request: Incoming, response: Outgoing, work: () => void): void {
  const fault = isOnlooker(request.url ?? '/') ? undefined : faults.take(request, rpcOf)
  if (fault === undefined) {
    work()
    return
  }
  const waiting = setTimeout(() => perform(fault, request, response, work), fault.latency_ms ?? 0)
  response.once('close', () => clearTimeout(waiting))
}

function perform(fault: Fault, request: Incoming, response: Outgoing, work: () => void): void {
  if (isAnswer(fault)) answerFault(fault, request, response)
  else if (fault.drop === 'before') reset(response)
  else {
    if (fault.drop === 'after') withhold(response, () => reset(response))
    if (fault.truncate) truncate(response)
    work()
  }
}

/** Ends the connection without an answer: the client sees it reset. */
function reset(response: Outgoing): void {
  if ('stream' in response) response.stream.session?.destroy()
  else response.socket?.resetAndDestroy()
}

/** Lets the work believe that it answers, and tells when it is done, with the bytes of the answer. */
function withhold(
  response: Outgoing,
  done: (body: Buffer) => void,
  head: () => Outgoing = () => response,
): void {
  const chunks: Buffer[] = []
  const take = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string))
  }
  const replaced = {
    writeHead: head as Outgoing['writeHead'],
    flushHeaders: () => {},
    write: ((chunk: unknown, ...rest: unknown[]) => {
      take(chunk)
      for (const callback of rest) if (typeof callback === 'function') callback()
      return true
    }) as Outgoing['write'],
    end: ((chunk: unknown) => {
      take(chunk)
      done(Buffer.concat(chunks))
      return response
    }) as Outgoing['end'],
  }
  Object.assign(response, replaced)
}

/** Sends the first half of what the work answers, and then nothing more. */
function truncate(response: Outgoing): void {
  const { writeHead, write } = response
  withhold(
    response,
    (body) => {
      const half = body.subarray(0, Math.floor(body.length / 2))
      Reflect.apply(write, response, [half, () => close(response)])
    },
    writeHead.bind(response) as () => Outgoing,
  )
}

function close(response: Outgoing): void {
  if ('stream' in response) response.stream.destroy()
  else response.socket?.destroySoon()
}
