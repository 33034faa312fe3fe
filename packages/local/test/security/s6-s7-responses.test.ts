import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measure } from '../../../../test/harness/measure.js'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import {
  authorize,
  claimsOf,
  MCP_SERVER,
  MCP_SERVER_URL,
  mcpIssuer,
  pkce,
  redeem,
  signIn,
} from '../oauth/authorization-code.js'
import { application, CLIENT } from '../oauth/sso-client.js'
import { codeFor, refresh, rightRequest, tokensOf } from './attack.js'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
})
afterAll(() => local.close())

describe('S6: iss (RFC 9207)', () => {
  it('is in every answer to an authorization request, and advertised', async () => {
    const { issuer, client_id, challenge } = await rightRequest(local.url)
    const app = application(local.url)
    const answers: { issuer: string; redirect: URL }[] = []
    const add = async (params: Record<string, string>, answer: 'allow' | 'deny' = 'allow') => {
      const redirect = await authorize({ issuer, client_id, challenge, answer, params })
      answers.push({ issuer, redirect })
    }
    await add({})
    await add({}, 'deny')
    for (const params of [
      { prompt: 'none' },
      { code_challenge: '', code_challenge_method: '' },
      { response_type: 'token' },
      { response_type: 'none' },
      { resource: 'https://other.example/mcp' },
      { request: 'x.y.z' },
    ] as Record<string, string>[])
      await add(params)
    const refused = await app.start({ organization_id: 'org_999' })
    answers.push({ issuer: app.issuer, redirect: new URL(refused.url) })
    // A refused response type answers where that type would have: in the fragment.
    const member = ({ searchParams, hash }: URL, name: string) =>
      searchParams.get(name) ?? new URLSearchParams(hash.slice(1)).get(name)
    const missing = answers.filter(({ issuer, redirect }) => member(redirect, 'iss') !== issuer)
    expect(missing.map(({ redirect }) => redirect.href)).toEqual([])
    expect(answers.filter(({ redirect }) => member(redirect, 'error')).length).toBe(answers.length - 1)
    for (const server of [issuer, app.issuer]) {
      const metadata = await fetch(`${server}/.well-known/oauth-authorization-server`)
      expect(await metadata.json()).toMatchObject({ authorization_response_iss_parameter_supported: true })
    }
    measure(
      'S6',
      `${missing.length} missing of ${answers.length} answers (${answers.length - 1} errors) and 2 documents`,
    )
  })
})

describe('S7: the resource parameter (RFC 8707)', () => {
  const unknown = [
    'http://localhost:3003/mcp',
    'https://evil.example/mcp',
    `${MCP_SERVER_URL}/x`,
    `${MCP_SERVER_URL}x`,
    `${MCP_SERVER_URL}#x`,
    'http://localhost:3002/',
    'http://localhost:3002/MCP',
    'https://localhost:3002/mcp',
    'mcp',
    'res_100000000000000002',
  ]

  it('decides the audience, from the code to every refreshed token', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    const next = await tokensOf(
      await refresh(issuer, client_id, tokens.refresh_token, { resource: MCP_SERVER_URL }),
    )
    for (const { access_token } of [tokens, next]) {
      expect(claimsOf(access_token).aud).toEqual([MCP_SERVER_URL, MCP_SERVER])
    }
  })

  it('is refused as invalid_target where the server issues no tokens for it, at both endpoints', async () => {
    const { issuer, client_id, challenge } = await rightRequest(local.url)
    const answers: { resource: string; errors: (string | null | undefined)[] }[] = []
    for (const resource of unknown) {
      const redirect = await authorize({ issuer, client_id, challenge, params: { resource } })
      const code = await codeFor(local.url)
      const response = await code.redeemWith(code.verifier, { resource })
      const { error } = (await response.json()) as { error?: string }
      answers.push({ resource, errors: [redirect.searchParams.get('error'), error] })
    }
    const wrong = answers.filter(({ errors }) => errors.some((error) => error !== 'invalid_target'))
    expect(wrong).toEqual([])
    const { tokens, ...session } = await signIn(local.url)
    const more = await refresh(session.issuer, session.client_id, tokens.refresh_token, {
      resource: 'http://localhost:3003/mcp',
    })
    expect(await more.json()).toMatchObject({ error: 'invalid_target' })
    measure('S7', `${wrong.length} of ${answers.length} unknown resources accepted at one of 2 endpoints`)
  })

  it('cannot be widened when the code is redeemed, nor named twice', async () => {
    const issuer = mcpIssuer(local.url)
    const { client_id, verifier, challenge } = await rightRequest(local.url)
    const both = new URLSearchParams({ resource: MCP_SERVER_URL })
    both.append('resource', 'http://localhost:3003/mcp')
    const redirect = await authorize({ issuer, client_id, challenge })
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: redirect.searchParams.get('code') ?? '',
      redirect_uri: 'http://localhost:4444/callback',
      client_id,
      code_verifier: verifier,
    })
    const response = await fetch(`${issuer}/oauth/token`, { method: 'POST', body: `${body}&${both}` })
    expect(response.status).toBe(400)
  })

  it('of client credentials is the realm’s own or a server of the realm', async () => {
    const issuer = `${local.url}/env_100000000000000001`
    const credentials = { grant_type: 'client_credentials', ...CLIENT }
    const ask = (resource: string) =>
      fetch(`${issuer}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({ ...credentials, resource }),
      })
    for (const foreign of [MCP_SERVER_URL, `${local.url}/workspace`, `${local.url}/env_100000000000000002`]) {
      expect(await (await ask(foreign)).json(), foreign).toMatchObject({ error: 'invalid_target' })
    }
    expect(claimsOf((await tokensOf(await ask(issuer))).access_token).aud).toEqual([issuer])
  })

  it('is no way to another realm’s code', async () => {
    const { redirect, verifier, client_id } = await codeFor(local.url)
    const other = `${local.url}/env_100000000000000001/resources/res_100000000000000002`
    expect((await redeem(other, client_id, redirect, verifier)).status).toBe(401)
    expect(pkce().verifier).not.toBe(verifier)
  })
})
