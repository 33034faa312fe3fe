import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { measure } from '../../../../test/harness/measure.js'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { authorize, pkce, REDIRECT_URI, redeem } from '../oauth/authorization-code.js'
import { application, CALLBACK, CLIENT } from '../oauth/sso-client.js'
import { ask, codeFor, rightRequest } from './attack.js'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
})
afterAll(() => local.close())

const verifier42 = 'x'.repeat(42)

it('S1: no authorization request goes on without PKCE, with plain, or with a challenge of another form', async () => {
  const { issuer, client_id, challenge } = await rightRequest(local.url)
  const hostile: Record<string, string>[] = [
    { code_challenge: '', code_challenge_method: '' },
    { code_challenge: challenge, code_challenge_method: 'plain' },
    { code_challenge: challenge, code_challenge_method: '' },
    { code_challenge: challenge, code_challenge_method: 's256' },
    { code_challenge: challenge, code_challenge_method: 'S512' },
    { code_challenge: '', code_challenge_method: 'S256' },
    { code_challenge: challenge.slice(1), code_challenge_method: 'S256' },
    { code_challenge: 'x'.repeat(129), code_challenge_method: 'S256' },
    { code_challenge: `${challenge.slice(1)}=`, code_challenge_method: 'S256' },
  ]
  let accepted = 0
  for (const pair of hostile) {
    const { searchParams } = await authorize({ issuer, client_id, challenge, params: pair })
    if (searchParams.has('code') || searchParams.get('error') !== 'invalid_request') accepted++
    expect(accepted, `${JSON.stringify(pair)} ${searchParams}`).toBe(0)
  }
  measure('S1', `${accepted} of ${hostile.length} challenges accepted`)
})

it('S1: a client with a secret needs PKCE where it enforces it, and for an MCP server', async () => {
  const { issuer } = application(local.url)
  const query = { response_type: 'code', client_id: CLIENT.client_id, redirect_uri: CALLBACK }
  const errorFor = async (params: Record<string, string>) => {
    const response = await ask(issuer, { ...query, ...params })
    return new URL(response.headers.get('location') ?? '', local.url).searchParams.get('error')
  }
  expect(await errorFor({})).toBeNull()
  expect(await errorFor({ resource: 'http://localhost:3003/mcp' })).toBe('invalid_request')
  const { db } = local.database
  const [{ data } = { data: '{}' }] = await db
    .selectFrom('clients')
    .select('data')
    .where('id', '=', CLIENT.client_id)
    .execute()
  const enforced = JSON.stringify({ ...JSON.parse(data), enforce_pkce: true })
  await db.updateTable('clients').set({ data: enforced }).where('id', '=', CLIENT.client_id).execute()
  expect(await errorFor({})).toBe('invalid_request')
})

it('S1: no code is redeemed with a verifier that is short, long, of other letters, another’s, empty or missing', async () => {
  const verifiers = [
    verifier42,
    'x'.repeat(129),
    `${'x'.repeat(42)}/`,
    `${'x'.repeat(42)} `,
    pkce().verifier,
    '',
    'toString',
  ]
  let accepted = 0
  for (const verifier of verifiers) {
    const { redeemWith } = await codeFor(local.url)
    const response = await redeemWith(verifier)
    expect(await response.json(), verifier).toMatchObject({
      error: expect.stringMatching(/^invalid_(grant|request)$/),
    })
    if (response.status !== 400) accepted++
  }
  // The challenge itself is not the verifier: that would be the method plain.
  const { redeemWith, challenge, verifier } = await codeFor(local.url)
  if ((await redeemWith(challenge)).status === 200) accepted++
  expect(accepted).toBe(0)
  expect((await redeemWith(verifier, { redirect_uri: REDIRECT_URI })).status).toBe(200)
  measure('S1', `${accepted} of ${verifiers.length + 1} verifiers accepted`)
})

it('S1: a verifier of 42 characters is refused though the challenge is its hash', async () => {
  const { issuer, client_id } = await rightRequest(local.url)
  const challenge = createHash('sha256').update(verifier42).digest('base64url')
  const redirect = await authorize({ issuer, client_id, challenge })
  expect((await redeem(issuer, client_id, redirect, verifier42)).status).toBe(400)
})
