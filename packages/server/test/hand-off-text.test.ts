import { afterAll, beforeAll, expect, test } from 'vitest'
import { HandOffVisitor } from '../../../test/harness/hand-off-page.js'
import { idOf, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const PRD = 'env_100000000000000002'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server?.close())

/** Where a page shows text of somebody else, it is text. */
test.each([
  ['an element', '<img src=x onerror=alert(1)>'],
  ['the end of an attribute', '"><script>alert(1)</script>'],
  ['an attribute', `' autofocus onfocus='alert(1)`],
  ['a comment', '--><!--<b>'],
  ['an entity', '&lt;b&gt; &quot;'],
  ['the end of the page', '</code></label></form></main></html>'],
])('%s in the name of a target is shown as it is written', async (_, name) => {
  const created = await server.call('2026-07-28', 'create_organization', { environmentId: PRD, name })
  const args = { environmentId: PRD, organizationId: idOf(created, 'organization') }
  const { error } = await server.call('2026-07-28', 'delete_organization', args)
  const { url } = (error as unknown as { handOff: { url: string } }).handOff
  const page = await new HandOffVisitor('admin@example.com').open(url)
  expect(page.asksFor).toBe(name)
  expect(page.html).not.toContain(name)
  const mistyped = await page.send('confirm', `${name}<script>alert(2)</script>`)
  expect(mistyped.status).toBe(422)
  expect(mistyped.html).not.toContain('<script>alert')
  expect((await mistyped.send('confirm', name)).html).toContain('<h1>Done</h1>')
})

test('characters that deceive the eye are not on the page, and need not be typed', async () => {
  const name = 'Northwind \u202egnp.exe\u202c\u200b'
  const { organization } = await server.sdk(PRD).organization.createOrganization(name)
  const args = { environmentId: PRD, organizationId: organization?.id }
  const { error } = await server.call('2026-07-28', 'delete_organization', args)
  const { url } = (error as unknown as { handOff: { url: string } }).handOff
  const page = await new HandOffVisitor('admin@example.com').open(url)
  expect(page.asksFor).toBe('Northwind gnp.exe')
  expect(page.html).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]/)
  expect((await page.send('confirm', 'Northwind gnp.exe')).html).toContain('<h1>Done</h1>')
})
