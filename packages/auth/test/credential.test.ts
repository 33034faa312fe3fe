import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { type ProtectedApp, startApp, toolCall } from './protected-app.js'
import { requestBytes, sendRaw } from './raw-http.js'

/** RFC 6750 section 2.1, as the bytes come. */
describe('the credential of a request', () => {
  let authority: Authority
  let app: ProtectedApp
  let token: string

  beforeAll(async () => {
    authority = await startAuthority()
    app = await startApp(() => ({ issuers: [authority.issuer], scopes: ['env:read'] }))
    token = mint(rsaKey, { iss: authority.issuer, aud: app.resource, scope: 'env:read' })
  })
  afterAll(async () => {
    await app.close()
    await authority.close()
  })

  const send = async (path: string, ...authorization: string[]) => {
    const response = await sendRaw(
      Number(new URL(app.origin).port),
      requestBytes({
        method: 'POST',
        path,
        headers: [
          ['host', app.host],
          ['content-type', 'application/json'],
          ...authorization.map((value) => ['authorization', value.replace('TOKEN', token)] as const),
        ],
        body: Buffer.from(JSON.stringify(toolCall())),
      }),
    )
    return { status: response.status, body: JSON.parse(response.body), refusal: app.refusals.at(-1) }
  }

  test.each(['Bearer TOKEN', 'bearer TOKEN', 'BEARER TOKEN'])('is read from: %s', async (value) => {
    expect((await send('/mcp', value)).status).toBe(200)
    expect((await send('/mcp?access=x', value)).status).toBe(200)
  })

  test.each([
    'Basic dXNlcjpwYXNzd29yZA==',
    'Bearer',
    'Bearer ',
    'BearerTOKEN',
    'xBearer TOKEN',
    'DPoP TOKEN',
  ])('is not there in: %s', async (value) => {
    expect(await send('/mcp', value)).toMatchObject({
      status: 401,
      body: {
        error: 'missing_token',
        error_description: 'Send an access token: Authorization: Bearer <token>.',
      },
    })
  })

  test.each([
    'Bearer TOKEN TOKEN',
    'Bearer TOKEN, Bearer TOKEN',
    'Bearer  TOKEN',
    'Bearer "TOKEN"',
    'Bearer =',
  ])('is not one token in: %s', async (value) => {
    expect(await send('/mcp', value)).toMatchObject({
      status: 401,
      body: { error: 'invalid_token' },
      refusal: { detail: 'not_one_token' },
    })
  })

  test.each([
    ['/mcp', ['Bearer TOKEN', 'Bearer TOKEN']],
    ['/mcp', ['Basic eDp5', 'Bearer TOKEN']],
    ['/mcp?access_token=x', ['Bearer TOKEN']],
    ['/mcp?a=b&access%5ftoken=x', ['Bearer TOKEN']],
  ])('is not chosen among several: %s %j', async (path, authorization) => {
    const { status, body, refusal } = await send(path, ...authorization)
    expect(body).toEqual({
      error: 'invalid_request',
      error_description: 'Send one access token, in one Authorization header, and none in the URL.',
    })
    expect([status, refusal?.detail]).toEqual([400, 'several_credentials'])
  })

  test('a token in the URL alone is none', async () => {
    expect((await send(`/mcp?access_token=${token}`)).body.error).toBe('missing_token')
  })
})
