import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Caller, Secret } from '@scalekit-mcp/auth'
import { identityOf } from '@scalekit-mcp/auth/server'
import { ToolError } from '../errors.js'
import { digestOf } from './digest.js'

/** What a page token is good for: the next page of one list, for who got it. */
export interface PageOf {
  readonly caller: Pick<Caller, 'issuer' | 'subject' | 'clientId'>
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
}

export interface PageSeal {
  seal(token: string, page: PageOf): string
  /**
   * @returns the API's token, or undefined for the first page
   * @throws ToolError `invalid_arguments` for a token of another caller or list, a changed or an old one
   */
  open(sealed: string, page: PageOf): string | undefined
}

/** How clients of other Scalekit servers ask for the first page. No token that is issued here looks like it. */
const FIRST_PAGE: ReadonlySet<string> = new Set(['', '1'])

const HOUR_MS = 60 * 60_000

/**
 * Makes the seal of page tokens: the API's own token with an end and a MAC (HMAC-SHA-256, 128 bits) over it, the
 * caller, the tool and the arguments. A page may have another size than the one before. Replicas need the same key.
 */
export function createPageSeal(key: Secret | undefined): PageSeal {
  const secret = createHmac('sha256', key?.reveal() ?? randomBytes(32))
    .update('page tokens')
    .digest()
  const mac = (until: string, token: string, { caller, tool, args }: PageOf) => {
    const { pageToken, pageSize, ...list } = args
    const bound = [until, token, ...identityOf(caller), tool, digestOf(list)]
    return createHmac('sha256', secret).update(JSON.stringify(bound)).digest().subarray(0, 16)
  }
  return {
    seal(token, page) {
      const until = Math.ceil((Date.now() + HOUR_MS) / 1000).toString(36)
      return `${until}.${mac(until, token, page).toString('base64url')}.${token}`
    },
    open(sealed, page) {
      if (FIRST_PAGE.has(sealed)) return undefined
      const [, until = '', given = '', token = ''] = /^([0-9a-z]{6,8})\.([\w-]{22})\.(.+)$/.exec(sealed) ?? []
      const expected = mac(until, token, page)
      const bytes = Buffer.from(given, 'base64url')
      const isOurs =
        bytes.length === expected.length &&
        timingSafeEqual(bytes, expected) &&
        // One token has one spelling (RFC 4648 section 3.5).
        expected.toString('base64url') === given
      if (isOurs && Number.parseInt(until, 36) * 1000 > Date.now()) return token
      throw new ToolError('invalid_arguments', 'pageToken: not from this list, or too old.', {
        nextStep: 'Begin again without pageToken.',
      })
    },
  }
}
