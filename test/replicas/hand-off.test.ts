import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postCall, toolErrorOf } from '../../packages/server/test/post-message.js'
import { HandOffVisitor } from '../harness/hand-off-page.js'
import { type Fleet, startFleet } from './fleet.js'

const PRD = 'env_100000000000000002'

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet({ LOG_LEVEL: 'warn' })
})
afterAll(() => fleet?.stop())

const replica = (number: number): string => fleet.replicas[number % 3]?.url ?? ''

async function newOrganization(name: string): Promise<string> {
  const sdk = new Scalekit(`${fleet.local.url}/${PRD}`, 'skc_100000000000000002', 'test_local_secret')
  const { organization } = await sdk.organization.createOrganization(name)
  return organization?.id ?? ''
}

test('a call handed off by one replica is confirmed at the others, and gives its result at any', async () => {
  const token = await fleet.token()
  for (let number = 0; number < 6; number++) {
    const name = `Handed off ${number}`
    const args = { environmentId: PRD, organizationId: await newOrganization(name) }
    const call = (at: number, tool = 'delete_organization', given: object = args) =>
      postCall(replica(at), token, tool, given as Record<string, unknown>)
    const first = toolErrorOf(await call(number)) as unknown as {
      code: string
      handOff: { id: string; url: string }
    }
    expect(first).toMatchObject({ code: 'person_needed' })
    expect(toolErrorOf(await call(number + 1))).toMatchObject({ handOff: first.handOff })
    // The page, the way to the sign-in, the way back and the form: nginx gives each to the next replica.
    const page = await new HandOffVisitor('admin@example.com').open(first.handOff.url)
    if (number % 2 === 0) {
      const waiting = call(number + 1, 'wait_for_hand_off', { handOffId: first.handOff.id })
      await page.send('confirm', name)
      expect((await waiting).text).toMatch(/\\?"status\\?":\\?"done\\?"/)
      continue
    }
    await page.send('confirm', name)
    const [one, other] = await Promise.all([call(number + 1), call(number + 2)])
    const outcomes = [one, other].map((posted) => toolErrorOf(posted)?.code ?? 'deleted').sort()
    expect(outcomes).toEqual(['deleted', 'not_found'])
  }
})
