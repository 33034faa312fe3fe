import { afterAll, beforeAll, expect, test } from 'vitest'
import { PageBrowser } from '../../../test/hostile/pages/page-browser.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
let link: string
beforeAll(async () => {
  server = await startServerUnderTest()
  const args = { environmentId: 'env_100000000000000002', organizationId: 'org_100000000000000011' }
  const { error } = await server.call('2026-07-28', 'delete_organization', args)
  link = (error as unknown as { handOff: { url: string } }).handOff.url
})
afterAll(() => server?.close())

const OWNER = 'admin@example.com'
const readsOnly = (url: URL) => url.searchParams.set('scope', 'environment:read')

test('a browser that begins a sign-in forty times can still finish the last', async () => {
  const browser = new PageBrowser()
  for (let count = 0; count < 40; count++) await browser.begin(link)
  expect(browser.cookie.length).toBeLessThan(8_000)
  await browser.signIn(link, OWNER)
  expect((await browser.open(link)).fields.digest).toBeDefined()
})

test('a sign-in that has ended leaves only its session in the browser', async () => {
  const browser = new PageBrowser()
  await browser.signIn(link, OWNER)
  expect(browser.cookie).toBe(`hand-off-session=${browser.session}`)
})

test('the pages of one person stay good when that person signs in again', async () => {
  const browser = new PageBrowser()
  await browser.signIn(link, OWNER)
  const { fields } = await browser.open(link)
  await browser.signIn(`${link}?again`, OWNER)
  expect((await browser.open(link)).fields.token).toBe(fields.token)
})

test('another person in the same browser shares nothing with the first', async () => {
  const browser = new PageBrowser()
  await browser.signIn(link, 'viewer@example.com', readsOnly)
  const first = browser.session
  await browser.signIn(`${link}?again`, OWNER)
  expect(browser.session).not.toBe(first)
  const { status } = await fetch(link, {
    redirect: 'manual',
    headers: { cookie: `hand-off-session=${first}` },
  })
  expect(status).toBe(302)
})
