import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Request, Response } from 'express'

const COOKIE = 'csrf'

/** A cookie of a page in a frame on another site: browsers keep it for that site alone (CHIPS). */
export const FRAMED = { sameSite: 'none', secure: true, partitioned: true } as const

/**
 * A token against cross-site request forgery: in a cookie that no other site can read or send, and in the
 * form, which goes to `path`: by default to its own page. The same one while a page is open, so that a second tab and the back button work.
 */
export function csrfToken(
  request: Request,
  response: Response,
  path = pagePath(request),
  crossSite = false,
): string {
  return cookieOf(request) ?? newCsrfToken(request, response, path, crossSite)
}

/** A new token, for a page that is shown again after its form was submitted. */
export function newCsrfToken(
  request: Request,
  response: Response,
  path = pagePath(request),
  crossSite = false,
): string {
  const token = randomBytes(32).toString('base64url')
  response.cookie(COOKIE, token, { httpOnly: true, ...(crossSite ? FRAMED : { sameSite: 'strict' }), path })
  return token
}

/** Whether a submitted form carries the token of its page. The token is spent: the next page gets a new one. */
export function spendCsrfToken(request: Request, response: Response, submitted: unknown): boolean {
  response.clearCookie(COOKIE, { httpOnly: true, sameSite: 'strict', path: pagePath(request) })
  return hasCsrfToken(request, submitted)
}

/** Whether a submitted form carries the token of its page, which other tabs may have too. */
export function hasCsrfToken(request: Request, submitted: unknown): boolean {
  const expected = cookieOf(request)
  if (expected === undefined || typeof submitted !== 'string') return false
  const [a, b] = [Buffer.from(expected), Buffer.from(submitted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function pagePath(request: Request): string {
  return request.baseUrl + request.path
}

function cookieOf(request: Request): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(/; */)
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) || undefined
}
