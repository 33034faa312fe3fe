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

/** What a sign-in has given. */
export interface NewSession {
  readonly accessToken: string
  /** Names the person. */
  readonly person: string
  readonly scopes: readonly string[]
}

/** How many sign-ins a browser carries at the same time. */
const MAX_CARRIED = 8

/** The cookies of the pages. */
export interface BrowserSessions {
  /**
   * Lets the browser carry a sign-in, sealed, until it comes back with the state. Of many that it never finished, it drops the oldest:
   * together they would be more than a request may have.
   */
  carry(req: IncomingMessage, res: ServerResponse, state: string, sealed: string): void
  carried(req: IncomingMessage): (state: string) => string | undefined
  /** The sign-in has come back. */
  drop(res: ServerResponse, state: string): void
  get(req: IncomingMessage): Promise<BrowserSession | undefined>
  /**
   * Begins a session under a new name, and ends the one before, so that nobody who knew that is in it. Where it is the same person,
   * pages that are open in the browser stay good: the form token stays.
   */
  begin(req: IncomingMessage, res: ServerResponse, session: NewSession): Promise<void>
  /** The token is no longer accepted. */
  end(req: IncomingMessage): Promise<void>
}

interface Kept extends NewSession {
  readonly formToken: string
}

/**
 * @param isSecure whether browsers reach this server by https
 * @param sessionMs how long somebody is signed in
 */
export function createBrowserSessions(kept: KeyValue, isSecure: boolean, sessionMs: number): BrowserSessions {
  // RFC 6265bis section 4.1.3.2: no other host can set a cookie of this name.
  const prefix = isSecure ? '__Host-' : ''
  const sessionCookie = `${prefix}hand-off-session`
  const stateCookie = (state: string) => `${prefix}hand-off-${digestOf([state]).slice(0, 16)}`
  const isStateCookie = (name: string) => new RegExp(`^${prefix}hand-off-[\\w-]{16}$`).test(name)
  // Lax: the browser comes back from the authorization server.
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  const keep = (res: ServerResponse, name: string, value: string) =>
    void res.appendHeader(
      'Set-Cookie',
      `${name}=${value}; ${attributes}; Max-Age=${Math.ceil(sessionMs / 1000)}`,
    )
  const expire = (res: ServerResponse, name: string) =>
    void res.appendHeader('Set-Cookie', `${name}=; ${attributes}; Max-Age=0`)
  const keyOf = (session: string) => `hand-off-session:${digestOf([session])}`
  const sessionOf = (req: IncomingMessage) => readCookie(req, sessionCookie)
  const find = async (req: IncomingMessage) => {
    const session = sessionOf(req)
    return session === undefined ? undefined : ((await kept.get(keyOf(session))) as Kept | undefined)
  }
  const end = async (req: IncomingMessage) => {
    const session = sessionOf(req)
    if (session !== undefined) await kept.delete(keyOf(session))
  }
  return {
    carry(req, res, state, sealed) {
      // RFC 6265 section 5.4: the oldest comes first.
      const older = cookiesOf(req).flatMap(([name]) => (isStateCookie(name) ? [name] : []))
      for (const name of older.slice(0, 1 - MAX_CARRIED)) expire(res, name)
      keep(res, stateCookie(state), sealed)
    },
    carried: (req) => (state) => readCookie(req, stateCookie(state)),
    drop: (res, state) => expire(res, stateCookie(state)),
    async get(req) {
      const found = await find(req)
      return found && { ...found, token: new Secret(found.accessToken) }
    },
    async begin(req, res, newSession) {
      const before = await find(req)
      const isSame = before?.person === newSession.person
      const formToken = isSame ? before.formToken : randomBytes(32).toString('base64url')
      const session = randomBytes(32).toString('base64url')
      const value: Kept = { ...newSession, formToken }
      await kept.put(keyOf(session), value, sessionMs)
      await end(req)
      keep(res, sessionCookie, session)
    },
    end,
  }
}

function readCookie(req: IncomingMessage, name: string): string | undefined {
  return cookiesOf(req).find(([each]) => each === name)?.[1]
}

function cookiesOf({ headers }: IncomingMessage): (readonly [name: string, value: string])[] {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.map((pair) => {
    const end = pair.includes('=') ? pair.indexOf('=') : pair.length
    return [pair.slice(0, end), pair.slice(end + 1)]
  })
}
