import { authorize, pkce, redeem } from '../oauth/authorization-code.js'
import type { Browser } from '../oauth/browser.js'
import { DEV, type Local } from './local.js'

export const APP = 'skc_100000000000000001'
const REDIRECT = 'http://localhost:3000/auth/callback'

/** A user of the seed signs in to the application of the development environment. */
export async function signInToApp(
  local: Pick<Local, 'url'>,
  person: string,
  browser?: Browser,
  params: Record<string, string> = {},
) {
  const issuer = `${local.url}/${DEV}`
  const { verifier, challenge } = pkce()
  const redirect = await authorize({
    issuer,
    client_id: APP,
    challenge,
    person,
    params: { redirect_uri: REDIRECT, scope: 'openid email offline_access', prompt: 'consent', ...params },
    ...(browser && { browser }),
  })
  const response = await redeem(issuer, APP, redirect, verifier, {
    redirect_uri: REDIRECT,
    client_secret: 'test_local_secret',
  })
  return (await response.json()) as { access_token: string; refresh_token: string; id_token: string }
}

/** Asks for new tokens with a refresh token, and gives the status. */
export async function refresh(local: Local, refresh_token: string): Promise<number> {
  const response = await fetch(`${local.url}/${DEV}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token,
      client_id: APP,
      client_secret: 'test_local_secret',
    }),
  })
  return response.status
}
