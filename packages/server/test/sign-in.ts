import { createHash, randomBytes } from 'node:crypto'
import { Person } from '../../../test/harness/person.js'
import type { ServerUnderTest } from './server-under-test.js'

const APP = { client_id: 'skc_100000000000000001', client_secret: 'test_local_secret' }
const redirect_uri = 'http://localhost:3000/auth/callback'

/** A user of the seed signs in to the application of the DEV environment. */
export async function signIn(server: ServerUnderTest, email: string) {
  const issuer = `${server.local.url}/env_100000000000000001`
  const code_verifier = randomBytes(32).toString('base64url')
  const url = new URL(`${issuer}/oauth/authorize`)
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: APP.client_id,
    redirect_uri,
    code_challenge: createHash('sha256').update(code_verifier).digest('base64url'),
    code_challenge_method: 'S256',
    scope: 'openid email offline_access',
    prompt: 'consent',
    state: 'x',
  }).toString()
  const code = (await new Person(email).authorize(url)).searchParams.get('code') ?? ''
  const tokens = await (
    await redeem(issuer, { grant_type: 'authorization_code', code, code_verifier })
  ).json()
  const { access_token, refresh_token } = tokens as { access_token: string; refresh_token: string }
  const claims = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString())
  return {
    sessionId: String(claims.sid),
    /** Whether the application still gets new tokens: 200, or 400 when the session has ended. */
    refresh: async () => (await redeem(issuer, { grant_type: 'refresh_token', refresh_token })).status,
  }
}

function redeem(issuer: string, parameters: Record<string, string>): Promise<Response> {
  return fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...parameters, ...APP, redirect_uri }),
  })
}
