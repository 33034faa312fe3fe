import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { beginSession, type Conversation, openConversation } from '../../packages/server/test/conversation.js'
import { postMessage } from '../../packages/server/test/post-message.js'
import { type Fleet, startFleet } from './fleet.js'

const PRD = 'env_100000000000000002'
/** How many questions are asked; a short form needs fewer. */
const QUESTIONS = Number(process.env.QUESTIONS ?? 1_000)
const AT_ONCE = 12
/** The API of the local environment did not answer before the deadline of a call. */
const NO_TIME = /upstream_timeout|upstream_unavailable/

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet({ LOG_LEVEL: 'warn' })
})
afterAll(() => fleet?.stop())

const replica = (number: number): string => fleet.replicas[number % 3]?.url ?? ''
const organization = async (name: string): Promise<string> => {
  const sdk = new Scalekit(`${fleet.local.url}/${PRD}`, 'skc_100000000000000002', 'test_local_secret')
  const { organization: created } = await sdk.organization.createOrganization(name)
  return created?.id ?? ''
}

const typed = (name: string) => ({ result: { action: 'accept', content: { name } } })
const declined = { result: { action: 'decline' } }

describe('three replicas without sticky sessions', () => {
  test('ask at one and are answered at another: nothing is lost, nobody else answers', async () => {
    const token = await fleet.token()
    const stranger = await fleet.token({ subject: 'viewer@example.com' })
    const kept = await organization('Kept')
    const wrong: string[] = []
    const ways = new Set<string>()

    /** Asks again where a busy machine had no time to read what a question is about. */
    const ask = async (number: number, session: string) => {
      while ((await askOnce(number, session)) === 'no time');
    }
    const askOnce = async (number: number, session: string) => {
      const [askedAt, answeredAt] = [number, number + 1 + (number % 2)]
      const deletes = number % 10 === 0
      const name = deletes ? `Question ${number}` : 'Kept'
      const organizationId = deletes ? await organization(name) : kept
      const args = { environmentId: PRD, organizationId }
      const asked = await openConversation(replica(askedAt), token, 'delete_organization', args, {
        session,
      }).catch((error: unknown) => {
        if (NO_TIME.test(String(error))) return undefined
        throw error
      })
      if (!asked) return 'no time'
      const at = { url: replica(answeredAt) }
      const stolen = await asked.reply(typed(name), { ...at, token: stranger })
      const own = deletes ? typed(name) : number % 2 === 0 ? declined : typed(`Not ${number}`)
      const replied = await asked.reply(own, at)
      const { error, deleted } = (await asked.result()) as { error?: { code: string }; deleted?: boolean }
      const outcome = deleted ? 'deleted' : error?.code
      const isAnsweredOnce = stolen.status === 404 && replied.status === 202
      if (isAnsweredOnce && NO_TIME.test(String(outcome))) return 'no time'
      const expected = deletes
        ? 'deleted'
        : number % 2 === 0
          ? 'confirmation_declined'
          : 'confirmation_mismatch'
      if (!isAnsweredOnce || outcome !== expected) {
        wrong.push(`${number}: ${stolen.status} ${replied.status} ${outcome}, not ${expected}`)
      }
      ways.add(`${askedAt % 3} ${answeredAt % 3}`)
      return outcome
    }

    let next = 0
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, client) => {
        const session = await beginSession(replica(client), token)
        while (next < QUESTIONS) await ask(next++, session)
      }),
    )
    expect(wrong).toEqual([])
    expect([...ways].sort()).toEqual(['0 1', '0 2', '1 0', '1 2', '2 0', '2 1'])
  })

  test('take one of two answers at the same time, whichever replicas get them', async () => {
    for (let number = 0; number < 20; number++) {
      const args = { environmentId: PRD, organizationId: await organization(`Twice ${number}`) }
      const asked = await openConversation(replica(number), await fleet.token(), 'delete_organization', args)
      const replies = await Promise.all(
        [0, 1, 2].map((at) => asked.reply(typed(`Twice ${number}`), { url: replica(at) })),
      )
      expect(replies.map(({ status }) => status).sort()).toEqual([202, 400, 400])
      expect(await asked.result()).toMatchObject({ deleted: true })
    }
  })

  test('keep the stream of a question open through nginx while the person thinks', async () => {
    const token = await fleet.token()
    const args = { environmentId: PRD, organizationId: await organization('Slow') }
    const session = await beginSession(fleet.url, token)
    /** What comes until the sign of life. */
    const heard = async (_meta: object, signOfLife: string): Promise<string> => {
      const response = await fetch(fleet.url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-session-id': session,
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'delete_organization', arguments: args, _meta },
        }),
      })
      let text = ''
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk)
        if (text.includes(signOfLife)) break
      }
      return text
    }
    const [comment, progress] = await Promise.all([
      heard({}, '\n\n:\n\n'),
      heard({ progressToken: 'p' }, 'notifications/progress'),
    ])
    expect(comment).toMatch(/elicitation\/create.*\n\n:\n\n$/s)
    // Progress keeps a client from giving up the call.
    expect(progress).toContain('elicitation/create')
    const last = progress.split('data: ').at(-1)
    expect(JSON.parse(last ?? '')).toMatchObject({
      method: 'notifications/progress',
      params: { progressToken: 'p', progress: 0.001, message: expect.stringContaining('Waiting') },
    })
  })

  test('give up a question whose client has gone', async () => {
    const args = { environmentId: PRD, organizationId: await organization('Gone') }
    const asked = await openConversation(replica(0), await fleet.token(), 'delete_organization', args)
    await asked.leave()
    const status = async () => (await asked.reply(typed('Gone'), { url: replica(1) })).status
    await expect.poll(status).toBe(400)
  })

  test('give up a call that its client cancels at another replica', async () => {
    const token = await fleet.token()
    const args = { environmentId: PRD, organizationId: await organization('Cancelled') }
    const asked = await openConversation(replica(0), token, 'delete_organization', args)
    const cancelled = await fetch(replica(1), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'mcp-session-id': asked.session,
      },
      body: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }),
    })
    expect(cancelled.status).toBe(202)
    expect(await asked.result()).toMatchObject({ error: { code: 'confirmation_declined' } })
    expect((await asked.reply(typed('Cancelled'), { url: replica(2) })).status).toBe(400)
  })

  test('continue a session whose replica has gone', async () => {
    const token = await fleet.token()
    const headers = { 'mcp-session-id': await beginSession(replica(0), token) }
    await fleet.replicas[0]?.end('SIGKILL')
    expect((await postMessage(replica(1), token, 'tools/list', {}, { headers })).status).toBe(200)
    await fleet.replicas[0]?.start()
  })

  test('without Redis end the calls that wait, ask nothing, and go on when it is back', async () => {
    const token = await fleet.token()
    const args = { environmentId: PRD, organizationId: await organization('Kept safe') }
    const begin = (): Promise<Conversation> =>
      openConversation(replica(0), token, 'delete_organization', args)
    const asked = await begin()
    await fleet.redis.kill()
    expect(await asked.result()).toMatchObject({ error: { code: 'confirmation_unavailable' } })
    const late = await asked.reply(typed('Kept safe'), { url: replica(1) })
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '5'])
    await expect(begin()).rejects.toThrow('confirmation_unavailable')

    await fleet.redis.revive()
    let again: Conversation | undefined
    await expect
      .poll(async () => {
        again = await begin().catch(() => undefined)
        return again !== undefined
      })
      .toBe(true)
    const status = async () => (await again?.reply(typed('Kept safe'), { url: replica(1) }))?.status
    await expect.poll(status).toBe(202)
    expect(await again?.result()).toMatchObject({ deleted: true })
  })
})
