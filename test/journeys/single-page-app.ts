import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import type { Environment } from './environment.js'

/**
 * A single-page application as Scalekit's documentation teaches it: PKCE in the browser, tokens in memory, no backend and
 * no secret, on a port of its own.
 */
export interface SinglePageApp {
  readonly origin: string
  readonly clientId: string
  stop(): Promise<void>
}

/** Starts the application and registers it with the environment as a client of its type. */
export async function startSinglePageApp(environment: Environment): Promise<SinglePageApp> {
  const app = express()
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const { client } = await environment.api<{ client: { id: string } }>('POST', '/clients', {
    ...{ name: 'Single-page app', client_type: 'SPA' },
    post_login_uris: [`${origin}/callback`, `${origin}/silent`],
    post_logout_redirect_uris: [`${origin}/bye`],
  })
  const settings = { environment: environment.url, clientId: client.id }
  const shell = `<!doctype html><title>App</title><h1>Starting</h1><pre>{}</pre>
    <button id="login">Log in</button> <button id="renew">Renew</button> <button id="refresh">Refresh</button>
    <button id="logout">Log out</button>
    <script>(${runInBrowser})(${JSON.stringify(settings)})</script>`
  app.get(['/', '/callback'], (_request, response) => {
    response.send(shell)
  })
  app.get('/silent', (_request, response) => {
    response.send('<!doctype html><script>parent.postMessage(location.search, location.origin)</script>')
  })
  app.get('/bye', (_request, response) => {
    response.send('<!doctype html><h1>Signed out</h1><pre>{}</pre>')
  })
  return {
    origin,
    clientId: client.id,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What runs in the page. It is sent as text, so it uses nothing of this file. */
const runInBrowser = `async ({ environment, clientId }) => {
  const memory = {}
  const base64url = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)))
  const show = (title, shown) => {
    document.querySelector('h1').textContent = title
    document.querySelector('pre').textContent = JSON.stringify(shown)
  }
  const claims = (token) => JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')))

  const authorize = async (path, parameters) => {
    const [state, verifier] = [random(), random()]
    sessionStorage.setItem(state, verifier)
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
    return environment + '/oauth/authorize?' + new URLSearchParams({
      response_type: 'code', client_id: clientId, redirect_uri: location.origin + path, state,
      scope: 'openid profile email offline_access',
      code_challenge: base64url(digest), code_challenge_method: 'S256', ...parameters,
    })
  }

  const token = async (title, parameters) => {
    const body = new URLSearchParams({ client_id: clientId, ...parameters })
    const response = await fetch(environment + '/oauth/token', { method: 'POST', body })
    const answer = await response.json()
    if (!response.ok) return show('Failed', { status: response.status, ...answer })
    Object.assign(memory, answer)
    show(title, { ...claims(answer.access_token), tokens: Object.keys(answer).sort() })
  }

  const redeem = async (title, path, search) => {
    const { code, state, error, error_description } = Object.fromEntries(new URLSearchParams(search))
    const code_verifier = sessionStorage.getItem(state)
    sessionStorage.removeItem(state)
    if (error) return show('No session', { error, error_description })
    if (code_verifier === null) return show('Failed', { error: 'state' })
    await token(title, { grant_type: 'authorization_code', code, code_verifier, redirect_uri: location.origin + path })
  }

  const renewSilently = async () => {
    const frame = document.createElement('iframe')
    frame.hidden = true
    const answered = new Promise((resolve) =>
      addEventListener('message', ({ origin, data }) => origin === location.origin && resolve(data), { once: true }))
    frame.src = await authorize('/silent', { prompt: 'none' })
    document.body.append(frame)
    const search = await answered
    frame.remove()
    await redeem('Renewed', '/silent', search)
  }

  const on = (id, action) => document.getElementById(id).addEventListener('click', action)
  on('login', async () => location.assign(await authorize('/callback', {})))
  on('renew', renewSilently)
  on('refresh', () => token('Refreshed', { grant_type: 'refresh_token', refresh_token: memory.refresh_token }))
  on('logout', () => location.assign(environment + '/oidc/logout?' + new URLSearchParams({
    id_token_hint: memory.id_token, post_logout_redirect_uri: location.origin + '/bye',
  })))

  if (location.pathname === '/') return renewSilently()
  const { search } = location
  history.replaceState(null, '', '/callback')
  await redeem('Signed in', '/callback', search)
}`
