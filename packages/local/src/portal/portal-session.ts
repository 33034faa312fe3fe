import { randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { redeemLink } from '../domain/links/link-data.js'
import { createTickets } from '../domain/sessions/tickets.js'
import { FRAMED } from '../http/page/csrf.js'
import type { PortalContext } from './portal-context.js'

const LIFETIME_SECONDS = 6 * 3600

const LinkData = z.object({ features: z.array(z.string()).catch([]) })
const PortalSession = z.object({
  /** The link that opened it, which it ends with. */
  link: z.string().catch(''),
  organization: z.string(),
  features: z.array(z.string()),
  /** Milliseconds. */
  expires_at: z.number(),
  /** Whether it is open in a frame. */
  framed: z.boolean(),
  /** Whether that frame is on another site. */
  cross_site: z.boolean(),
})

/** Whose portal is open, and for what; without features, for everything. */
export type PortalSession = z.infer<typeof PortalSession>

/** The sessions of customers' administrators in the admin portal of an environment. */
export function portalSessions(context: PortalContext, environment: string) {
  const sessions = createTickets(context, environment, 'PortalSession', PortalSession)
  const cookie = `portal_${new URL(context.baseUrl).port}`
  return {
    /** Opens the session of a portal link, once and within a minute. */
    async redeem(token: string, request: Request, response: Response): Promise<boolean> {
      const link = await redeemLink(context, environment, token)
      if (link?.organization_id == null) return false
      const id = randomBytes(32).toString('base64url')
      const { features } = LinkData.parse(JSON.parse(link.data))
      const framed = request.get('sec-fetch-dest') === 'iframe'
      const cross_site = framed && request.get('sec-fetch-site') === 'cross-site'
      const expires_at = context.clock.now() + LIFETIME_SECONDS * 1000
      const opened = { link: link.id, organization: link.organization_id, features }
      await sessions.put(id, { ...opened, expires_at, framed, cross_site }, LIFETIME_SECONDS)
      const site = cross_site ? FRAMED : ({ sameSite: 'lax' } as const)
      response.cookie(cookie, id, { httpOnly: true, ...site, path: `/${environment}/portal` })
      return true
    },

    async find(request: Request): Promise<PortalSession | undefined> {
      const pairs = (request.headers.cookie ?? '').split(/; */)
      const id = pairs.find((pair) => pair.startsWith(`${cookie}=`))?.slice(cookie.length + 1)
      const session = await sessions.get(id ?? '')
      const link = await context.database.db
        .selectFrom('links')
        .select('id')
        .where('environment_id', '=', environment)
        .where('id', '=', session?.link ?? '')
        .executeTakeFirst()
      return link && session
    },
  }
}
