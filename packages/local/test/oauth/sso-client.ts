import { expect } from 'vitest'
import { authorize, claimsOf, pkce, redeem, type Tokens } from './authorization-code.js'
import { Browser } from './browser.js'

export const DEV = 'env_100000000000000001'
export const CLIENT = { client_id: 'skc_100000000000000001', client_secret: 'test_local_secret' }
export const CALLBACK = 'http://localhost:3000/auth/callback'

/** An application of the development environment, which signs people in through connections. */
export function application(url: string) {
  const issuer = `${url}/${DEV}`

  /** Opens the sign-in with these parameters, up to the first page, or to the client. */
  async function start(params: Record<string, string>, browser = new Browser()) {
    const { verifier, challenge } = pkce()
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: CLIENT.client_id,
      redirect_uri: CALLBACK,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      state: 'the state',
      scope: 'openid profile email',
      ...params,
    })
    const at = await browser.follow(`${issuer}/oauth/authorize?${query}`)
    return { ...at, page: at.page ?? '', browser, verifier }
  }

  /** Signs in at the simulated identity provider, and gives where the browser is then. */
  async function simulate(params: Record<string, string>, person: Record<string, string>, browser?: Browser) {
    const at = await start(params, browser)
    expect(at.page).toContain('Identity provider simulator')
    const answered = await at.browser.submit(at.url, at.page, { answer: 'sign-in', ...person })
    const end = await enterCode(url, answered, at.browser)
    return { ...end, browser: at.browser, verifier: at.verifier }
  }

  /** The claims of the tokens for a redirect that carries a code. */
  async function finish(redirect: string, verifier: string) {
    const response = await redeem(issuer, CLIENT.client_id, new URL(redirect), verifier, {
      ...CLIENT,
      redirect_uri: CALLBACK,
    })
    expect(response.status, redirect).toBe(200)
    const tokens = (await response.json()) as Tokens
    return { id: claimsOf(tokens.id_token ?? ''), access: claimsOf(tokens.access_token), tokens }
  }

  return { issuer, start, simulate, finish, authorize }
}

/** Enters the code of the last e-mail, where a page asks for one. */
export async function enterCode(local: string, at: Awaited<ReturnType<Browser['follow']>>, browser: Browser) {
  const request = /name="request" value="([^"]+)"/.exec(at.page ?? '')?.[1]
  if (at.page === undefined || request === undefined) return at
  const answer = await fetch(`${local}/__local/outbox`, { headers: { 'x-scalekit-local': '1' } })
  const { messages } = (await answer.json()) as { messages: { kind: string; to: string; code: string }[] }
  const { to = '', code = '' } = messages.filter(({ kind }) => kind === 'email').at(-1) ?? {}
  const action = new URL(/<form method="post" action="([^"]+)"/.exec(at.page)?.[1] ?? '', at.url)
  return browser.submit(action.href, at.page, { email: to, request, code })
}

/** What the client is told instead of a code. */
export function errorOf(url: string): string | null {
  const { origin, searchParams } = new URL(url)
  expect(origin).toBe('http://localhost:3000')
  expect(searchParams.get('code')).toBeNull()
  return searchParams.get('error')
}
