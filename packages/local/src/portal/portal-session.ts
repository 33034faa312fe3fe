import { randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { createTickets } from '../domain/sessions/tickets.js'
import { hashSecret } from '../storage/secret-hash.js'
import type { PortalContext } from './portal-context.js'

const LIFETIME_SECONDS = 3600

const LinkData = z.object({ features: z.array(z.string()).catch([]) })
const PortalSession = z.object({ organization: z.string(), features: z.array(z.string()) })

/** Whose portal is open, and for what; without features, for everything. */
export type PortalSession = z.infer<typeof PortalSession>

/** The sessions of customers' administrators in the admin portal of an environment. */
export function portalSessions(context: PortalContext, environment: string) {
  const sessions = createTickets(context, environment, 'PortalSession', PortalSession)
  const cookie = `portal_${new URL(context.baseUrl).port}`
  return {
    /** Opens the session that a portal link is good for, once and for a minute: one conditional UPDATE decides. */
    async redeem(token: string, response: Response): Promise<boolean> {
      const now = context.clock.now()
      const link = await context.database.db
        .updateTable('links')
        .set({ redeemed_at: now })
        .where('environment_id', '=', environment)
        .where('token_hash', '=', hashSecret(token))
        .where('redeemed_at', 'is', null)
        .where('expires_at', '>', now)
        .where('organization_id', 'is not', null)
        .returning(['organization_id', 'data'])
        .executeTakeFirst()
      if (link?.organization_id == null) return false
      const id = randomBytes(32).toString('base64url')
      const { features } = LinkData.parse(JSON.parse(link.data))
      await sessions.put(id, { organization: link.organization_id, features }, LIFETIME_SECONDS)
      response.cookie(cookie, id, { httpOnly: true, sameSite: 'lax', path: `/${environment}/portal` })
      return true
    },

    find(request: Request): Promise<PortalSession | undefined> {
      const pairs = (request.headers.cookie ?? '').split(/; */)
      const id = pairs.find((pair) => pair.startsWith(`${cookie}=`))?.slice(cookie.length + 1)
      return sessions.get(id ?? '')
    },
  }
}
