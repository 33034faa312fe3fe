import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { createTickets } from '../sessions/tickets.js'
import type { DataStore } from '../store.js'
import { membershipStatus } from './user-data.js'

/** How long a browser that opened an invitation has for signing in at the application. */
const OPENED_SECONDS = 3600

const Invited = z.object({ organization: z.string(), user: z.string() })
export type Invited = z.infer<typeof Invited>

/**
 * The links of invitations, and the browsers that opened one. Opening proves the mailbox; the invitation is accepted by the
 * sign-in that follows, and the link is good until then or until the invitation expires.
 */
export function invitationLinks(store: DataStore, environment: string) {
  const links = createTickets(store, environment, 'InvitationLink', Invited)
  const opened = createTickets(store, environment, 'OpenedInvitation', Invited)
  return {
    /** Creates the secret part of a link. */
    async create(invited: Invited, expiresAt: number): Promise<string> {
      const token = randomBytes(32).toString('base64url')
      await links.put(token, invited, Math.max(1, Math.floor((expiresAt - store.clock.now()) / 1000)))
      return token
    },
    /** What a browser that opened a link keeps; undefined for a link that is not or no longer good. */
    async open(token: string): Promise<string | undefined> {
      const invited = await links.get(token)
      if (invited === undefined || !(await waits(store, invited))) return undefined
      const id = randomBytes(32).toString('base64url')
      await opened.put(id, invited, OPENED_SECONDS)
      return id
    },
    /** Whom a browser has proven to be, as long as the invitation waits. */
    async find(id: string): Promise<Invited | undefined> {
      const invited = await opened.get(id)
      return invited !== undefined && (await waits(store, invited)) ? invited : undefined
    },
  }
}

async function waits({ database, clock }: DataStore, { organization, user }: Invited): Promise<boolean> {
  const row = await database.db
    .selectFrom('memberships')
    .selectAll()
    .where('organization_id', '=', organization)
    .where('user_id', '=', user)
    .executeTakeFirst()
  return row !== undefined && membershipStatus(row, clock.now()) === 'PENDING_INVITE'
}
