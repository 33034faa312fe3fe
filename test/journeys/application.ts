import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AuthenticationResponse, AuthorizationUrlOptions } from '@scalekit-sdk/node'
import express, { type Express, type Request } from 'express'
import { CLIENT, type Environment } from './environment.js'

/** What the application's own pages show: who is signed in, as its backend sees it. */
export interface SignedIn {
  readonly user: Record<string, unknown>
  /** The claims of the access token, checked with the SDK. */
  readonly claims: Record<string, unknown>
}

/**
 * A web application as Scalekit's quickstart teaches it: Express, the official SDK, tokens in cookies, no PKCE,
 * on a port of its own.
 */
export interface Application {
  readonly origin: string
  readonly callback: string
  /** What the last sign-in gave the backend. */
  readonly signedIn: AuthenticationResponse
  /** The queries that reached the initiate-login URL, oldest first. */
  readonly initiated: Record<string, string>[]
  /** Where a journey adds what its own application has besides. */
  readonly routes: Express
  stop(): Promise<void>
}

const COOKIES = { httpOnly: true, sameSite: 'lax' } as const

/**
 * Starts the application and registers its URLs with the environment, as a developer does in the dashboard.
 *
 * @param settings fields of the client besides its URLs, as `PATCH /clients/{id}` takes them
 */
export async function startApplication(
  environment: Environment,
  settings: Record<string, unknown> = {},
): Promise<Application> {
  const app = express()
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const callback = `${origin}/auth/callback`
  const { sdk } = environment
  const initiated: Record<string, string>[] = []
  let signedIn: AuthenticationResponse | undefined

  const start = (query: AuthorizationUrlOptions & { state: string }) =>
    sdk.getAuthorizationUrl(callback, { scopes: ['openid', 'profile', 'email', 'offline_access'], ...query })

  app.get('/login', (request, response) => {
    const state = crypto.randomUUID()
    response.cookie('state', state, COOKIES)
    response.redirect(start({ ...(request.query as AuthorizationUrlOptions), state }))
  })

  // Where the environment sends somebody who is to begin here: an invitation, an identity provider's own page.
  app.get('/auth/initiate', async (request, response) => {
    const query = request.query as Record<string, string>
    initiated.push(query)
    const { error, error_description } = query
    if (error) return response.send(page('Sign-in failed', { error, error_description }))
    const state = crypto.randomUUID()
    response.cookie('state', state, COOKIES)
    if (query.idp_initiated_login === undefined) return response.redirect(start({ state }))
    const claims = await sdk.getIdpInitiatedLoginClaims(query.idp_initiated_login)
    response.redirect(
      start({
        state,
        connectionId: claims.connection_id,
        organizationId: claims.organization_id,
        loginHint: claims.login_hint,
      }),
    )
  })

  app.get('/auth/callback', async (request, response) => {
    const { code, state, error, error_description } = request.query as Record<string, string>
    if (error) return response.send(page('Sign-in failed', { error, error_description }))
    if (state === undefined || state !== cookie(request, 'state'))
      return response.status(400).send(page('Sign-in failed', { error: 'state' }))
    signedIn = await sdk.authenticateWithCode(code ?? '', callback)
    response.cookie('access', signedIn.accessToken, COOKIES)
    response.cookie('refresh', signedIn.refreshToken ?? '', { ...COOKIES, path: '/auth/refresh' })
    response.cookie('id', signedIn.idToken, COOKIES)
    response.redirect('/')
  })

  app.get('/auth/refresh', async (request, response) => {
    try {
      const { accessToken, refreshToken } = await sdk.refreshAccessToken(cookie(request, 'refresh') ?? '')
      response.cookie('access', accessToken, COOKIES)
      response.cookie('refresh', refreshToken, { ...COOKIES, path: '/auth/refresh' })
      response.redirect('/')
    } catch {
      // The documented signal that the session is over.
      response.redirect('/login')
    }
  })

  app.get('/logout', (request, response) => {
    const idTokenHint = cookie(request, 'id')
    for (const name of ['access', 'id']) response.clearCookie(name)
    response.clearCookie('refresh', { path: '/auth/refresh' })
    response.redirect(
      sdk.getLogoutUrl({ ...(idTokenHint && { idTokenHint }), postLogoutRedirectUri: `${origin}/bye` }),
    )
  })

  app.get('/bye', (_request, response) => {
    response.send(page('Signed out', {}))
  })

  app.get('/', async (request, response) => {
    const token = cookie(request, 'access')
    const options = { issuer: environment.url, audience: [CLIENT.id] }
    if (!token || !(await sdk.validateAccessToken(token, options)))
      return response.send(page('Not signed in', {}))
    const claims = await sdk.validateToken<Record<string, unknown>>(token, options)
    const shown: SignedIn = { user: { ...signedIn?.user }, claims }
    response.send(page('Signed in', shown))
  })

  await environment.api('PATCH', `/clients/${CLIENT.id}`, {
    post_login_uris: [callback],
    post_logout_redirect_uris: [`${origin}/bye`],
    initiate_login_uri: `${origin}/auth/initiate`,
    ...settings,
  })

  return {
    origin,
    callback,
    initiated,
    routes: app,
    get signedIn() {
      if (!signedIn) throw new Error('nobody has signed in to the application')
      return signedIn
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A cookie of a request, which the application set itself. */
export function cookie(request: Request, name: string): string | undefined {
  const pair = request.headers.cookie?.split('; ').find((each) => each.startsWith(`${name}=`))
  return pair && decodeURIComponent(pair.slice(name.length + 1))
}

/** A page of the application: a heading, and what it shows as JSON. */
export const page = (title: string, shown: object) =>
  `<!doctype html><title>${title}</title><h1>${title}</h1><pre>${JSON.stringify(shown).replaceAll('<', '&lt;')}</pre>`
