import { randomUUID } from 'node:crypto'
import { postCall, toolErrorOf } from '../../packages/server/test/post-message.js'
import type { Fleet } from './fleet.js'

const environmentId = 'env_100000000000000001'

/** One create as a client made it: sent until it was answered, always with the same key. */
interface Create {
  readonly name: string
  readonly answers: string[]
}

export interface Load {
  /** Right answers so far. */
  right(): number
  /** Ends the load; what is under way is answered first. */
  stop(): Promise<Outcome>
}

export interface Outcome {
  readonly right: number
  /** Requests that got no answer of the server: the connection broke, or nginx says 502. */
  readonly lost: number
  /** 5xx answers. */
  readonly failed: number
  readonly wrong: readonly string[]
  readonly creates: readonly Create[]
}

const CALLERS = 8

/** Reads and keyed writes through nginx, in both eras. A client repeats what was lost, as clients do. */
export async function startLoad(fleet: Fleet): Promise<Load> {
  const seen = { right: 0, lost: 0, failed: 0, wrong: [] as string[], creates: [] as Create[] }
  let over = false

  const send = async (token: string, tool: string, args: Record<string, unknown>, id: number) => {
    const era = id % 2 === 0 ? '2026-07-28' : '2025-11-25'
    const posted = await postCall(fleet.url, token, tool, args, { id, era }).catch(() => undefined)
    if (!posted || posted.status === 502) {
      seen.lost++
      return undefined
    }
    const error = toolErrorOf(posted)
    const isOurs =
      error && /^(idempotency_unavailable|upstream_timeout|upstream_unavailable)$/.test(error.code)
    if (posted.status >= 500) seen.failed++
    else if (posted.status !== 200 || posted.message.id !== id || (error && !isOurs)) {
      seen.wrong.push(`${tool}: ${posted.status} ${posted.text.slice(0, 300)}`)
    } else if (!error) seen.right++
    return posted.status === 200 ? posted : undefined
  }

  const create = async (token: string, id: number) => {
    const name = `load-${randomUUID()}`
    const made: Create = { name, answers: [] }
    seen.creates.push(made)
    const args = { environmentId, name, idempotencyKey: randomUUID() }
    // Twice for certain: the second has to give the first result, whichever replica it meets.
    for (let attempt = 0, answered = 0; attempt < 20 && answered < 2; attempt++) {
      const posted = await send(token, 'create_organization', args, id)
      if (posted && !toolErrorOf(posted)) {
        made.answers.push(JSON.parse(posted.message.result?.content?.[0]?.text ?? '{}').organization?.id)
        answered++
      } else if (posted && toolErrorOf(posted)?.code !== 'idempotency_unavailable') break
      else await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  const working = Promise.all(
    Array.from({ length: CALLERS }, async (_, index) => {
      const token = await fleet.token({ claims: { client_id: `load-${index}` } })
      for (let id = index; !over; id += CALLERS) {
        if (id % 3 === 0) await create(token, id)
        else await send(token, 'list_organizations', { environmentId, pageSize: 2 }, id)
      }
    }),
  )
  return {
    right: () => seen.right,
    async stop() {
      over = true
      await working
      return seen
    },
  }
}

/** @returns how often each create happened, read past the server */
export async function timesCreated(fleet: Fleet): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${fleet.local.url}/__local/state`, { headers: { 'x-scalekit-local': '1' } })
  const text = await response.text()
  const times = new Map<string, number>()
  for (const [name] of text.matchAll(/load-[0-9a-f-]{36}/g)) times.set(name, (times.get(name) ?? 0) + 1)
  return times
}
