import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashPassword, passwordMatches } from '../../src/domain/passwords/password-hash.js'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { startApplication } from '../notify/application.js'
import { control } from '../security/attack.js'
import { Browser } from './browser.js'
import { application, CLIENT, DEV } from './sso-client.js'

const ANA = 'ana@acme.example'
const PASSWORD = 'correct horse battery staple'

let local: LocalScalekit
let app: ReturnType<typeof application>
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  app = application(local.url)
})
beforeEach(async () => {
  await local.reset()
  await enable()
})
afterAll(() => local.close())

/** The environment's connection for passwords, made and enabled through the API. */
async function enable(): Promise<void> {
  const token = await fetch(`${app.issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'skc_100000000000000001',
      client_secret: 'test_local_secret',
    }),
  })
  const { access_token } = (await token.json()) as { access_token: string }
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${app.issuer}/api/v1/connections${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(response.ok, await response.clone().text()).toBe(true)
    return (await response.json()) as { connection: { id: string } }
  }
  const { connection } = await call('POST', '', {
    type: 'PASSWORD',
    provider_key: 'PASSWORD',
    key_id: 'password',
  })
  await call('PATCH', `/${connection.id}:enable`)
}

async function links(to: string): Promise<string[]> {
  const response = await control(local.url, `outbox?to=${encodeURIComponent(to)}`)
  const { messages } = (await response.json()) as { messages: { link: string }[] }
  return messages.map(({ link }) => link)
}

/** Asks for a link for an address, and gives what is in the outbox for it. */
async function askForLink(email: string) {
  const at = await app.start({})
  const asked = await at.browser.submit(at.url, at.page, { email, way: 'password-link' })
  return { ...at, asked, link: (await links(email)).at(-1) ?? '' }
}

/** Sets a password by a link, in the browser that asked. */
async function set(email: string, password: string) {
  const at = await askForLink(email)
  const form = await at.browser.follow(at.link)
  const fields = { password, password_token: tokenIn(at.link) }
  return { ...at, form, end: await at.browser.submit(at.url, form.page ?? '', fields) }
}

const tokenIn = (link: string) => new URL(link).searchParams.get('token') ?? ''

async function signIn(email: string, password: string) {
  const at = await app.start({})
  const end = await at.browser.submit(at.url, at.page, { email, password, way: 'password' })
  return { ...at, end }
}

describe('a password', () => {
  it('is set by a link from the outbox, and signs in from then on', async () => {
    const { end, verifier } = await set(ANA, PASSWORD)
    expect((await app.finish(end.url, verifier)).id).toMatchObject({ email: ANA })
    const again = await signIn('ANA@acme.example', PASSWORD)
    expect((await app.finish(again.end.url, again.verifier)).id).toMatchObject({
      email: ANA,
      oid: 'org_100000000000000001',
    })
  })

  it('is offered where its connection is enabled, and taken nowhere else', async () => {
    await set(ANA, PASSWORD)
    expect((await app.start({})).page).toContain('Or with a password')
    await local.database.db
      .updateTable('connections')
      .set({ enabled: 0 })
      .where('type', '=', 'PASSWORD')
      .execute()
    expect((await app.start({})).page).not.toContain('Or with a password')
    expect((await signIn(ANA, PASSWORD)).end.response.status).toBe(422)
    expect((await askForLink(ANA)).asked.response.status).toBe(422)
    expect(await links(ANA)).toHaveLength(1)
  })

  it('is changed by another link, and the old one is worth nothing', async () => {
    await set(ANA, PASSWORD)
    await set(ANA, 'another long password')
    expect((await signIn(ANA, PASSWORD)).end.response.status).toBe(422)
    expect((await signIn(ANA, 'another long password')).end.url).toContain('code=')
  })

  it.each([['short'], [''], ['x'.repeat(257)]])('is not of the length of %j', async (password) => {
    const { end, link, browser, url } = await set(ANA, password)
    expect(end.response.status).toBe(422)
    expect(end.page).toContain('Choose a password of 8 to 256 characters.')
    // The link still counts.
    const fields = { password: PASSWORD, password_token: tokenIn(link) }
    expect((await browser.submit(url, end.page ?? '', fields)).url).toContain('code=')
  })

  it('that is changed signs out whoever was signed in elsewhere, tokens included', async () => {
    await set(ANA, PASSWORD)
    const thief = await signIn(ANA, PASSWORD)
    const { tokens } = await app.finish(thief.end.url, thief.verifier)
    const owner = await set(ANA, 'another long password')
    const kept = (await app.finish(owner.end.url, owner.verifier)).tokens
    const refresh = (refresh_token: string) =>
      fetch(`${app.issuer}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token, ...CLIENT }),
      })
    expect((await refresh(tokens.refresh_token)).status).toBe(400)
    expect((await refresh(kept.refresh_token)).status).toBe(200)
    expect((await app.start({}, thief.browser)).page).toContain('Continue as')
    // Who sets it while they are signed in stays so, and is not sent away in the middle.
    const at = await app.start({ prompt: 'login' }, owner.browser)
    await at.browser.submit(at.url, at.page, { email: ANA, way: 'password-link' })
    const link = (await links(ANA)).at(-1) ?? ''
    const form = await at.browser.follow(link)
    const fields = { password: PASSWORD, password_token: tokenIn(link) }
    expect((await at.browser.submit(at.url, form.page ?? '', fields)).url).toContain('code=')
  })

  it('signs up who is new, and applications decide and are told', async () => {
    const asked = await startApplication()
    await control(local.url, 'interceptors', 'POST', {
      ...{ environment: DEV, trigger_point: 'PRE_SIGNUP', api_url: asked.url },
    })
    asked.answerWith((response) => response.end('{"decision":"DENY"}'))
    expect(new URL((await set('new@acme.example', PASSWORD)).end.url).searchParams.get('error')).toBe(
      'access_denied',
    )
    asked.answerWith((response) => response.end('{"decision":"ALLOW"}'))
    const { end, verifier } = await set('new@acme.example', PASSWORD)
    await asked.close()
    expect((await app.finish(end.url, verifier)).id).toMatchObject({ email: 'new@acme.example' })
    const { events } = await local.database.db
      .selectFrom('events')
      .select('type')
      .execute()
      .then((rows) => ({ events: rows.map(({ type }) => type) }))
    expect(events.filter((type) => type === 'user.signup')).toHaveLength(1)
  })
})

describe('a link for setting a password', () => {
  it('counts once, in the browser that asked, for a quarter of an hour', async () => {
    const used = await set(ANA, PASSWORD)
    expect((await used.browser.follow(used.link)).response.status).toBe(400)
    const at = await askForLink(ANA)
    expect((await new Browser().follow(at.link)).response.status).toBe(400)
    const elsewhere = await app.start({})
    const stolen = `${elsewhere.url}/password?token=${tokenIn(at.link)}`
    const refused = await elsewhere.browser.follow(stolen)
    expect(refused.page).toContain('The link was used, or has expired')
    const forced = await elsewhere.browser.submit(elsewhere.url, refused.page ?? '', {
      ...{ password: 'the thief’s password', password_token: tokenIn(at.link) },
    })
    expect(forced.response.status).toBe(422)
    await control(local.url, 'clock', 'POST', { advance: 9 * 60 })
    expect((await at.browser.follow(at.link)).page).toContain('Set your password')
  })

  it('is sent to whoever asks, with the same answer, and not more than five times', async () => {
    const [known, unknown] = [await askForLink(ANA), await askForLink('nobody@acme.example')]
    const answer = ({ asked }: typeof known, email: string) => asked.page?.replaceAll(email, '…')
    expect(answer(known, ANA)).toBe(answer(unknown, 'nobody@acme.example'))
    for (const _ of [2, 3, 4, 5, 6, 7]) expect((await askForLink(ANA)).asked.response.status).toBe(200)
    expect(await links(ANA)).toHaveLength(5)
  })
})

describe('guessing', () => {
  it('gets the same answer for a wrong password, no password and no such person', async () => {
    await set(ANA, PASSWORD)
    const answers = []
    for (const email of [ANA, 'ben@acme.example', 'nobody@acme.example']) {
      const { end } = await signIn(email, 'wrong password')
      answers.push({
        status: end.response.status,
        problem: /role="alert"[^>]*>([^<]+)/.exec(end.page ?? '')?.[1],
      })
    }
    expect(answers[0]).toMatchObject({ status: 422, problem: expect.stringContaining('is wrong') })
    expect(answers).toEqual([answers[0], answers[0], answers[0]])
  })

  it('ends after five times in a quarter of an hour, even with the right one, and even at one moment', async () => {
    await set(ANA, PASSWORD)
    const guesses = await Promise.all(
      Array.from({ length: 8 }, (_, index) => signIn(ANA, `wrong password ${index}`)),
    )
    expect(guesses.every(({ end }) => end.response.status === 422)).toBe(true)
    expect((await signIn(ANA, PASSWORD)).end.response.status).toBe(422)
    // Whoever reads the mail gets in at once.
    expect((await set(ANA, PASSWORD)).end.url).toContain('code=')
    for (const index of [1, 2, 3, 4, 5]) await signIn(ANA, `wrong password ${index}`)
    expect((await signIn(ANA, PASSWORD)).end.response.status).toBe(422)
    await control(local.url, 'clock', 'POST', { advance: 15 * 60 + 1 })
    expect((await signIn(ANA, PASSWORD)).end.url).toContain('code=')
  })

  it('compares where there is nothing to compare with', async () => {
    const hash = await hashPassword(PASSWORD)
    expect(hash).toMatch(/^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{86}$/)
    expect(await hashPassword(PASSWORD)).not.toBe(hash)
    expect(await passwordMatches(PASSWORD, hash)).toBe(true)
    expect(await passwordMatches('wrong', hash)).toBe(false)
    expect(await passwordMatches(PASSWORD, undefined)).toBe(false)
    // The same letters, composed and decomposed.
    expect(await passwordMatches('café au lait', await hashPassword('cafe\u0301 au lait'))).toBe(true)
  })
})

it('a password is nowhere in the database, in the log of requests or in the API', async () => {
  await set(ANA, PASSWORD)
  const rows = await local.database.db.selectFrom('passwords').selectAll().execute()
  expect(rows).toHaveLength(1)
  const places = [
    JSON.stringify(rows),
    JSON.stringify(await local.database.db.selectFrom('oidc_records').selectAll().execute()),
    await (await control(local.url, 'requests')).text(),
    await (await control(local.url, 'state')).text(),
  ]
  for (const place of places) {
    expect(place).not.toContain(PASSWORD)
    expect(place).not.toContain(encodeURIComponent(PASSWORD))
  }
  for (const place of places.slice(2)) expect(place).not.toContain('scrypt$')
})
