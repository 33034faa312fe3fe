import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { answersUnavailable, type ClientAnswer, type Questions, Waiting } from '../mcp/questions.js'
import type { ValueSeal } from './sealed-value.js'

const keyOf = (name: string) => `scalekit-mcp:question:${name}`

/** Gives the answer to the replica that asked, once. -1: that replica does not listen now, so the question stays. */
const DELIVER = `
local channel = redis.call('GET', KEYS[1])
if not channel then return 0 end
if redis.call('PUBLISH', channel, ARGV[1]) == 0 then return -1 end
redis.call('DEL', KEYS[1])
return 1`

/**
 * Questions that any replica can take the answer to. Redis holds which replica asked, under the names of the question; the answer
 * goes there sealed, on the channel of that replica. While this process does not hear its channel nothing is asked, and calls that
 * wait end.
 *
 * @param client for commands
 * @param subscriber a connection for nothing else, which does not subscribe again on its own
 */
export function createSharedQuestions(
  client: Redis,
  subscriber: Redis,
  values: ValueSeal,
  answerMs: number,
): Questions {
  const channel = `scalekit-mcp:answers:${randomUUID()}`
  const waiting = new Waiting(answerMs)
  let listens = false
  let closed = false

  const listen = () => {
    subscriber.subscribe(channel).then(
      () => {
        listens = true
      },
      // The connection is lost again; the next one begins with `ready`.
      () => undefined,
    )
  }
  subscriber.on('ready', listen)
  if (subscriber.status === 'ready') listen()
  subscriber.on('close', () => {
    listens = false
    waiting.endAll(unreachable())
  })
  subscriber.on('message', (_, message: string) => {
    const [name = '', sealed = ''] = message.split(' ')
    const answer = values.open(name, sealed) as ClientAnswer | undefined
    if (answer) waiting.settle(name, answer)
  })

  return {
    async ask(names, send, ending) {
      if (closed || !listens) throw unreachable()
      const register = async () => {
        const keys = names.map((name) => client.set(keyOf(name), channel, 'PX', answerMs))
        await Promise.all(keys).catch((cause: unknown) => {
          throw unreachable(cause)
        })
        send()
      }
      try {
        return await waiting.wait(names, ending, register)
      } finally {
        await client.del(...names.map(keyOf)).catch(() => undefined)
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
    close() {
      closed = true
      waiting.endAll(unreachable())
    },
  }
}

const unreachable = (cause?: unknown) => answersUnavailable('Answers cannot be delivered now.', cause)
