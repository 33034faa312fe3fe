import { afterAll, beforeAll, expect, test } from 'vitest'
import { HandOffVisitor } from '../../../test/harness/hand-off-page.js'
import { type Answer, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const DEV = 'env_100000000000000001'
const CLIENT = 'skc_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server?.close())

interface Link {
  readonly id: string
  readonly url: string
}
const linkOf = ({ error }: Answer) => (error as unknown as { handOff: Link }).handOff

const waitFor = async (handOffId: string) =>
  (await server.call('2026-07-28', 'wait_for_hand_off', { handOffId })).result

/** The API works for two seconds on the next request of this RPC. */
const slowDown = (path: string) =>
  fetch(`${server.local.url}/__local/faults`, {
    method: 'POST',
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ match: { path }, latency_ms: 2_000 }),
  })

test('the second click of a double click gets the page with the secret too, and the call is made once', async () => {
  const args = { environmentId: DEV, clientId: CLIENT }
  const { id, url } = linkOf(await server.call('2026-07-28', 'rotate_client_secret', args))
  const page = await new HandOffVisitor('admin@example.com').open(url)
  await slowDown('CreateClientSecret')
  const [first, second] = await Promise.all([page.send('confirm'), page.send('confirm')])
  expect(first.values.get('.env')).toContain('SCALEKIT_CLIENT_SECRET=')
  expect(second.values).toEqual(first.values)
  expect(await waitFor(id)).toMatchObject({ status: 'done', result: { handedOver: true } })
  const later = await new HandOffVisitor('admin@example.com').open(url)
  expect(later.html).toContain('was shown once')
  expect(later.html).not.toContain('SCALEKIT_CLIENT_SECRET')
})

/** Confirms at the page of a call, and leaves while the API works. @returns what the call's client learns */
async function leftTooEarly() {
  const args = { environmentId: DEV, organizationId: 'org_100000000000000002' }
  const query = '?toolsets=all'
  const { id, url } = linkOf(await server.call('2026-07-28', 'create_directory', args, { query }))
  const page = await new HandOffVisitor('admin@example.com').open(url)
  await slowDown('CreateDirectory')
  const before = await server.upstreamRequests()
  const browser = new AbortController()
  const sent = page.send('confirm', undefined, browser.signal).catch(() => undefined)
  await expect.poll(server.upstreamRequests).toBeGreaterThan(before)
  browser.abort()
  await sent
  await expect.poll(() => waitFor(id)).toMatchObject({ status: 'done' })
  return waitFor(id)
}

test('a secret that no browser received is not called handed over', async () => {
  // Where this process stands still for longer than the API works, the browser has the page before it leaves.
  await expect.poll(leftTooEarly).toMatchObject({ result: { handedOver: false } })
})

test('who denies the sign-in can choose another account', async () => {
  const args = { environmentId: DEV, clientId: CLIENT, previous: 'disable' }
  const { url } = linkOf(await server.call('2026-07-28', 'rotate_client_secret', args))
  const page = await new HandOffVisitor('viewer@example.com', 'deny').open(url)
  expect(page.html).toContain(`href="${new URL(url).pathname}?again"`)
})
