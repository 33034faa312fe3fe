import { commons, type users } from '@scalekit-mcp/api'
import * as z from 'zod'
import { time, toTime } from '../times.js'

/** A user, as one organization sees it. */
export const userFields = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().optional(),
  externalId: z.string().optional(),
  status: z.string().optional().describe('ACTIVE, INACTIVE, PENDING_INVITE or INVITE_EXPIRED.'),
  roles: z.array(z.string()).describe('Names of roles in this organization.'),
  lastLoginAt: time,
  createdAt: time,
})

/**
 * @param organizationId whose membership counts: of the user's other organizations nothing is told
 */
export function toUser(user: users.User, organizationId: string): z.output<typeof userFields> {
  const membership = user.memberships.find((each) => each.organizationId === organizationId)
  const profile = user.userProfile
  const fullName = [profile?.givenName, profile?.familyName].filter(Boolean).join(' ')
  return {
    id: user.id,
    email: user.email,
    name: profile?.name || fullName || undefined,
    externalId: user.externalId || undefined,
    status: membership && commons.MembershipStatus[membership.membershipStatus],
    roles: (membership?.roles ?? []).map((role) => role.name),
    lastLoginAt: toTime(user.lastLoginTime),
    createdAt: toTime(user.createTime),
  }
}
