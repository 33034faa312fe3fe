import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postCall, toolErrorOf } from '../../packages/server/test/post-message.js'
import { type HandOffPage, HandOffVisitor } from '../harness/hand-off-page.js'
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

interface Waiting {
  readonly handOff: { readonly id: string; readonly url: string }
}

const atReplica = (number: number, { url }: Waiting['handOff']) =>
  new URL(new URL(url).pathname, replica(number)).href

async function control(path: string, method = 'GET', body?: object) {
  const response = await fetch(`${fleet.local.url}/__local/${path}`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return response.text()
}

/** Sends the form to one replica, and kills that replica while the API holds the call. @returns false where it had ended before */
async function killDuring(page: HandOffPage, name: string): Promise<boolean> {
  await control('faults', 'POST', {
    match: { path: 'DeleteOrganization' },
    latency_ms: 60_000,
    drop: 'before',
    times: 0,
  })
  const form = { ...page.fields, decision: 'confirm', name }
  const sent = page.post(form, { origin: new URL(fleet.url).origin }).then(
    () => false,
    () => true,
  )
  await expect.poll(() => control('faults'), { interval: 20 }).toContain('"used":1')
  await fleet.replicas[0]?.end('SIGKILL')
  const killed = await sent
  await control('faults', 'DELETE')
  await fleet.replicas[0]?.start()
  return killed
}

test('a call whose replica is killed has an unknown outcome, and is not made again', async () => {
  const token = await fleet.token({ expires_in: 3_600 })
  let killed: boolean
  let args: { environmentId: string; organizationId: string }
  let handOff: Waiting['handOff']
  do {
    args = { environmentId: PRD, organizationId: await newOrganization('Interrupted') }
    const first = toolErrorOf(await postCall(replica(1), token, 'delete_organization', args))
    handOff = (first as unknown as Waiting).handOff
    const visitor = new HandOffVisitor('admin@example.com')
    await visitor.open(handOff.url)
    killed = await killDuring(await visitor.open(atReplica(0, handOff)), 'Interrupted')
  } while (!killed)

  const repeat = () => postCall(replica(1), token, 'delete_organization', args)
  const unknown = { code: 'upstream_timeout', message: expect.stringContaining('outcome is unknown') }
  await expect.poll(async () => toolErrorOf(await repeat())).toMatchObject(unknown)
  const waited = await postCall(replica(2), token, 'wait_for_hand_off', { handOffId: handOff.id })
  expect(waited.message.result?.structuredContent).toMatchObject({ status: 'failed', error: unknown })
  const page = await new HandOffVisitor('admin@example.com').open(handOff.url)
  expect(page.html).toContain('outcome is unknown')
  expect(page.fields).toEqual({})
  const sdk = new Scalekit(`${fleet.local.url}/${PRD}`, 'skc_100000000000000002', 'test_local_secret')
  expect((await sdk.organization.getOrganization(args.organizationId)).organization?.id).toBe(
    args.organizationId,
  )
  // The client has the outcome, so the same call is a new one: a person is asked again.
  const again = toolErrorOf(await postCall(replica(2), token, 'delete_organization', args))
  expect(again).toMatchObject({ code: 'person_needed' })
  expect((again as unknown as Waiting).handOff.id).not.toBe(handOff.id)
})
