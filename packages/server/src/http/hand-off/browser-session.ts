import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Secret } from '@scalekit-mcp/auth'
import { digestOf } from '../../call/digest.js'
import type { KeyValue } from '../../shared/key-value.js'

/** Who is signed in with this browser. */
export interface BrowserSession {
  readonly token: Secret
  /** Proves that a form comes from one of our pages. */
  readonly formToken: string
  /** What the sign-in asked for. */
  readonly scopes: readonly string[]
}

/** The cookies of the pages. The values are random; what they stand for is kept here. */
export interface BrowserSessions {
  /** A secret of this browser before anybody has signed in. */
  browser(req: IncomingMessage): string | undefined
  /** Gives this browser one. */
  meet(res: ServerResponse): string
  get(req: IncomingMessage): Promise<BrowserSession | undefined>
  /** Begins a session under a new name, so that nobody who knew the old one is in it. */
  begin(res: ServerResponse, accessToken: string, scopes: readonly string[]): Promise<void>
}

interface Kept {
  readonly accessToken: string
  readonly formToken: string
  readonly scopes: readonly string[]
}

/**
 * @param isSecure whether browsers reach this server by https
 * @param sessionMs how long somebody is signed in
 */
export function createBrowserSessions(kept: KeyValue, isSecure: boolean, sessionMs: number): BrowserSessions {
  // RFC 6265bis section 4.1.3.2: no other host can set a cookie of this name.
  const prefix = isSecure ? '__Host-' : ''
  const browserCookie = `${prefix}hand-off-browser`
  const sessionCookie = `${prefix}hand-off-session`
  // Lax: the browser comes back from the authorization server.
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.ceil(sessionMs / 1000)}${isSecure ? '; Secure' : ''}`
  const keyOf = (session: string) => `hand-off-session:${digestOf([session])}`
  const setCookie = (res: ServerResponse, name: string) => {
    const value = randomBytes(32).toString('base64url')
    res.appendHeader('Set-Cookie', `${name}=${value}; ${attributes}`)
    return value
  }
  return {
    browser: (req) => readCookie(req, browserCookie),
    meet: (res) => setCookie(res, browserCookie),
    async get(req) {
      const session = readCookie(req, sessionCookie)
      const found = session === undefined ? undefined : ((await kept.get(keyOf(session))) as Kept | undefined)
      return found && { ...found, token: new Secret(found.accessToken) }
    },
    async begin(res, accessToken, scopes) {
      const formToken = randomBytes(32).toString('base64url')
      const session: Kept = { accessToken, formToken, scopes }
      await kept.put(keyOf(setCookie(res, sessionCookie)), session, sessionMs)
    },
  }
}

function readCookie({ headers }: IncomingMessage, name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}
