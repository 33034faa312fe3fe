import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import {
  answersUnavailable,
  Cancellable,
  type ClientAnswer,
  type Questions,
  Waiting,
} from '../mcp/questions.js'
import type { ValueSeal } from './sealed-value.js'

const keyOf = (name: string) => `scalekit-mcp:question:${name}`
/** Every replica hears of a cancelled call: it is not known which one runs it. */
const CANCELLED = 'scalekit-mcp:cancelled'
const RETRY_MS = 1_000
/** A connection that died silently is noticed by this: three commands without an answer close it. */
const PING_MS = 5_000

/** Gives the answer to the replica that asked, once. -1: that replica does not listen now, so the question stays. */
const DELIVER = `
local channel = redis.call('GET', KEYS[1])
if not channel then return 0 end
if redis.call('PUBLISH', channel, ARGV[1]) == 0 then return -1 end
redis.call('DEL', KEYS[1])
return 1`

/**
 * Questions that any replica can take the answer to. Redis holds which replica asked, under the name of the question; the answer
 * goes there sealed, on the channel of that replica. While this process does not hear its channel nothing is asked, and calls that
 * wait end.
 *
 * @param client for commands
 * @param subscriber a connection for nothing else, which does not subscribe again on its own
 * @param onFailure told why the channels cannot be heard
 */
export function createSharedQuestions(
  client: Redis,
  subscriber: Redis,
  values: ValueSeal,
  answerMs: number,
  onFailure: (cause: unknown) => void,
): Questions {
  const channel = `scalekit-mcp:answers:${randomUUID()}`
  const waiting = new Waiting(answerMs)
  const calls = new Cancellable()
  let listens = false
  let closed = false

  const listen = () => {
    if (closed || subscriber.status !== 'ready') return
    subscriber.subscribe(channel, CANCELLED).then(
      () => {
        listens = true
      },
      (cause: unknown) => {
        onFailure(cause)
        setTimeout(listen, RETRY_MS).unref()
      },
    )
  }
  subscriber.on('ready', listen)
  listen()
  subscriber.on('close', () => {
    listens = false
    waiting.endAll(unreachable())
  })
  subscriber.on('message', (heard: string, message: string) => {
    if (heard === CANCELLED) return calls.cancel(message)
    const [name = '', sealed = ''] = message.split(' ')
    const answer = values.open(name, sealed) as ClientAnswer | undefined
    if (answer) waiting.settle(name, answer)
  })
  const pinging = setInterval(() => {
    if (listens) subscriber.ping().catch(() => undefined)
  }, PING_MS).unref()

  return {
    async ask(question, send, ending) {
      if (closed || !listens) throw unreachable()
      const key = keyOf(question.name)
      const register = async () => {
        await client.set(key, channel, 'PX', answerMs).catch((cause: unknown) => {
          throw unreachable(cause)
        })
        send()
      }
      try {
        return await waiting.wait(question, ending, register)
      } finally {
        await client.del(key).catch(() => undefined)
      }
    },
    async answer(name, answer) {
      const message = `${name} ${values.seal(name, answer)}`
      const delivered = await client.eval(DELIVER, 1, keyOf(name), message).catch((cause: unknown) => {
        throw unreachable(cause)
      })
      if (delivered === -1) throw unreachable()
      return delivered === 1
    },
    waiting: () => waiting.size,
    async cancel(call) {
      await client.publish(CANCELLED, call)
    },
    onCancelled: (call, listener) => calls.on(call, listener),
    close() {
      closed = true
      clearInterval(pinging)
      waiting.endAll(unreachable())
    },
  }
}

const unreachable = (cause?: unknown) => answersUnavailable('Answers cannot be delivered now.', cause)
