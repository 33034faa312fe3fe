import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type ProtectOptions, protect, Secret } from '@scalekit-mcp/auth'
import express from 'express'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'

const RESOURCE = 'https://mcp.example.com/mcp'
const TARGET = { audience: 'https://notes.example.com/mcp', scopes: ['notes:write', 'notes:read'] }
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

type Protection = ReturnType<typeof protect>

interface Answer {
  status?: number
  headers?: Record<string, string>
  body: unknown
}

/** The requests of an exchange at the issuer's token endpoint, and what its answers lead to. */
describe('onBehalfOf', () => {
  let authority: Authority
  let server: Server
  let origin: string
  /** What the token endpoint answers, in turn; the last one again and again. */
  let answers: (Answer | 'nothing')[]
  let requests: { url: string | undefined; headers: IncomingHttpHeaders; form: Record<string, string> }[]

  const issued = (more: object = {}) => ({
    body: {
      access_token: `exchanged-${crypto.randomUUID()}`,
      token_type: 'Bearer',
      issued_token_type: ACCESS_TOKEN,
      expires_in: 60,
      ...more,
    },
  })

  beforeEach(async () => {
    authority = await startAuthority()
    requests = []
    server = createServer(async (req, res) => {
      const form = Object.fromEntries(new URLSearchParams(await text(req)))
      requests.push({ url: req.url, headers: req.headers, form })
      const metadata = req.url?.includes('/.well-known/') && {
        issuer: origin,
        token_endpoint: `${origin}/token`,
      }
      const answer = metadata ? { body: metadata } : answers.length > 1 ? answers.shift() : answers[0]
      if (answer === 'nothing' || answer === undefined) return void req.socket.destroy()
      res.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
      res.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    answers = [issued()]
  })
  afterEach(async () => {
    vi.useRealTimers()
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
    await authority.close()
  })

  function protection(options: Partial<ProtectOptions> = {}): Protection {
    const made = protect(express(), {
      resource: RESOURCE,
      issuers: [origin],
      jwksUrl: authority.jwksUrl,
      scopes: [],
      exchange: { clientId: 'client:1', clientSecret: new Secret('s e/cret') },
      ...options,
    })
    onTestFinished(() => made.close())
    return made
  }
  async function contextFor({ verifier }: Protection, claims: object = {}) {
    const token = mint(rsaKey, { iss: origin, aud: RESOURCE, ...claims })
    return { token, context: { http: { authInfo: { extra: { caller: await verifier.verify(token) } } } } }
  }
  const exchanges = () => requests.filter(({ url }) => url === '/token')

  test('exchanges as RFC 8693 says, with the credentials of this server, and prints no token', async () => {
    const made = protection()
    const { token, context } = await contextFor(made)
    const given = await made.onBehalfOf(context, TARGET)
    expect(given.reveal()).toMatch(/^exchanged-/)
    expect(JSON.stringify({ given })).toBe('{"given":"[redacted]"}')
    expect(exchanges()).toHaveLength(1)
    expect(exchanges()[0]).toMatchObject({
      headers: {
        authorization: `Basic ${Buffer.from('client%3A1:s+e%2Fcret').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    })
    expect(exchanges()[0]?.form).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: ACCESS_TOKEN,
      requested_token_type: ACCESS_TOKEN,
      audience: TARGET.audience,
      scope: 'notes:write notes:read',
    })
  })

  test('without scopes it asks for none', async () => {
    const made = protection()
    await made.onBehalfOf((await contextFor(made)).context, { ...TARGET, scopes: [] })
    expect(Object.keys(exchanges()[0]?.form ?? {})).not.toContain('scope')
  })

  test('keeps a token per caller, audience and scopes, until shortly before it expires', async () => {
    let now = Date.now()
    const made = protection({ now: () => now })
    const { context } = await contextFor(made)
    const other = await contextFor(made)
    answers = [issued(), issued(), issued(), issued(), issued()]
    const first = await made.onBehalfOf(context, TARGET)
    const reordered = { ...TARGET, scopes: [...TARGET.scopes].reverse() }
    expect(await made.onBehalfOf(context, reordered)).toBe(first)
    expect(await made.onBehalfOf(context, { ...TARGET, scopes: ['notes:read'] })).not.toBe(first)
    expect(await made.onBehalfOf(context, { ...TARGET, audience: 'https://x.example' })).not.toBe(first)
    expect(await made.onBehalfOf(other.context, TARGET)).not.toBe(first)
    now += 49_000
    expect(await made.onBehalfOf(context, TARGET)).toBe(first)
    now += 2_000
    expect(await made.onBehalfOf(context, TARGET)).not.toBe(first)
    expect(exchanges()).toHaveLength(5)
  })

  test('asks once for calls at the same time, and again after a failure', async () => {
    const made = protection()
    const { context } = await contextFor(made)
    const both = () =>
      Promise.allSettled([made.onBehalfOf(context, TARGET), made.onBehalfOf(context, TARGET)])
    answers = [{ status: 500, body: {} }, issued()]
    expect((await both()).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect((await both()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(exchanges()).toHaveLength(2)
  })

  test('a token without a lifetime is used once', async () => {
    const made = protection()
    const { context } = await contextFor(made)
    answers = [issued({ expires_in: undefined })]
    await made.onBehalfOf(context, TARGET)
    await made.onBehalfOf(context, TARGET)
    expect(exchanges()).toHaveLength(2)
  })

  const refusal = (error: unknown, status = 400): Answer => ({
    status,
    body: { error, error_description: 'x' },
  })
  test.each<[string, Answer | 'nothing', string, string]>([
    ['the audience', refusal('invalid_target'), 'exchange_refused', 'invalid_target'],
    ['the scopes', refusal('invalid_scope'), 'exchange_refused', 'invalid_scope'],
    ['this server', refusal('invalid_client', 401), 'exchange_refused', 'invalid_client'],
    ['the grant', refusal('unauthorized_client'), 'exchange_refused', 'unauthorized_client'],
    ['with words of its own', refusal('Token <x>'), 'exchange_refused', 'unknown'],
    ['without a reason', { status: 403, body: [] }, 'exchange_refused', 'unknown'],
    ['the token of the caller', refusal('invalid_request'), 'invalid_token', 'exchange_invalid_request'],
    ['the grant of the caller', refusal('invalid_grant'), 'invalid_token', 'exchange_invalid_grant'],
    ['with 500', refusal('server_error', 500), 'temporarily_unavailable', 'exchange'],
    ['with 429', refusal('slow_down', 429), 'temporarily_unavailable', 'exchange'],
    ['with HTML', { status: 400, body: '<html>' }, 'temporarily_unavailable', 'exchange'],
    ['without an answer', 'nothing', 'temporarily_unavailable', 'exchange'],
    ['with another type', issuedAs({ token_type: 'DPoP' }), 'temporarily_unavailable', 'exchange'],
    ['with no type', issuedAs({ token_type: undefined }), 'temporarily_unavailable', 'exchange'],
    ['with a refresh token', issuedAs({ issued_token_type: 'x' }), 'temporarily_unavailable', 'exchange'],
    ['with no token', issuedAs({ access_token: '' }), 'temporarily_unavailable', 'exchange'],
    ['with a header in it', issuedAs({ access_token: 'a\r\nb' }), 'temporarily_unavailable', 'exchange'],
    ['with an endless lifetime', issuedAs({ expires_in: 'x' }), 'temporarily_unavailable', 'exchange'],
  ])('refused, %s: a typed error, without the words of the answer', async (_what, answer, code, detail) => {
    const made = protection()
    const { token, context } = await contextFor(made)
    answers = [answer]
    const error = await made.onBehalfOf(context, TARGET).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'AuthError', code, detail })
    const { message } = error as Error
    expect(message).toMatch(/\. .*\.$/)
    for (const secret of [token, 's e/cret', 'notes.example', '<']) expect(message).not.toContain(secret)
  })

  test('a redirect is not followed: the token goes to the token endpoint only', async () => {
    const made = protection()
    const { context } = await contextFor(made)
    answers = [{ status: 307, headers: { location: `${origin}/elsewhere` }, body: {} }]
    await expect(made.onBehalfOf(context, TARGET)).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    expect(requests.map(({ url }) => url)).not.toContain('/elsewhere')
  })

  test('metadata of another issuer is not believed', async () => {
    const issuer = `${origin}/tenant`
    const made = protection({ issuers: [issuer] })
    const { context } = await contextFor(made, { iss: issuer })
    await expect(made.onBehalfOf(context, TARGET)).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    expect(exchanges()).toEqual([])
  })

  test('for Scalekit the endpoint is the one of the environment', async () => {
    const made = protection({
      issuers: [`${origin}/env_1`],
      scalekit: { environmentUrl: `${origin}/env_1/` },
    })
    const { context } = await contextFor(made, { iss: `${origin}/env_1` })
    await made.onBehalfOf(context, TARGET)
    expect(requests.map(({ url }) => url)).toEqual(['/env_1/oauth/token'])
  })

  test('the caller of another issuer stays here', async () => {
    const made = protection()
    const other = protection({ issuers: [`${origin}/other`] })
    const { context } = await contextFor(other, { iss: `${origin}/other` })
    await expect(made.onBehalfOf(context, TARGET)).rejects.toThrow('use the guard and the tools of')
    expect(requests).toEqual([])
  })

  test.each([{}, { http: {} }, { authInfo: { extra: { caller: { issuer: 'x', token: 'y' } } } }])(
    'there is nobody to act for in %o',
    async (context) => {
      await expect(protection().onBehalfOf(context, TARGET)).rejects.toMatchObject({ code: 'missing_token' })
      expect(requests).toEqual([])
    },
  )

  test.each<[unknown, string]>([
    [undefined, 'Give a target: onBehalfOf(ctx, { audience, scopes })'],
    [{ scopes: [] }, 'target.audience must be a string. It is missing.'],
    [{ audience: '', scopes: [] }, 'target.audience must be a string. It is empty.'],
    [{ audience: 'a' }, 'target.scopes must be a list of scope names without spaces'],
    [{ audience: 'a', scopes: 'b' }, 'target.scopes must be a list of scope names without spaces'],
    [{ audience: 'a', scopes: ['b c'] }, 'target.scopes must be a list of scope names without spaces'],
    [{ audience: 'a', scope: ['b'] }, 'target.scope is not an option. Use target.scopes.'],
  ])('the target %j is a TypeError, and the issuer is not asked', async (target, sentence) => {
    const made = protection()
    const { context } = await contextFor(made)
    const asked = made.onBehalfOf(context, target as typeof TARGET)
    await expect(asked).rejects.toThrow(TypeError)
    await expect(asked).rejects.toThrow(sentence)
    expect(requests).toEqual([])
  })

  test.each<[object, string]>([
    [{ clientId: 'a' }, 'exchange.clientSecret must be a string or a Secret'],
    [{ clientSecret: new Secret('a') }, 'exchange.clientId must be a string'],
  ])('the option %o is a TypeError', (exchange, sentence) => {
    expect(() => protection({ exchange: exchange as ProtectOptions['exchange'] & object })).toThrow(sentence)
  })
})

function issuedAs(more: object): Answer {
  const body = { access_token: 'x', token_type: 'Bearer', issued_token_type: ACCESS_TOKEN, expires_in: 60 }
  return { body: { ...body, ...more } }
}
