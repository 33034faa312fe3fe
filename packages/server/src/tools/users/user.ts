import { commons, type users } from '@scalekit-mcp/api'
import * as z from 'zod'
import { time, toTime } from '../times.js'

const { PENDING_INVITE, INVITE_EXPIRED } = commons.MembershipStatus

/** An invitation that was not accepted yet. */
const invitationFields = z.object({
  sentAt: time,
  expiresAt: time,
  inviterEmail: z.string().optional(),
})

/** A user in one organization. */
const membershipFields = z.object({
  status: z.string().optional().describe('ACTIVE, INACTIVE, PENDING_INVITE or INVITE_EXPIRED.'),
  roles: z.array(z.string()).describe('Names of roles in this organization.'),
  invitation: invitationFields.optional().describe('While it is pending or has expired.'),
})

/** A user, whatever their organizations. */
const personFields = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().optional(),
  externalId: z.string().optional(),
  lastLoginAt: time,
  createdAt: time,
})

/** A user, as one organization sees it. */
export const userFields = personFields.extend(membershipFields.shape)

/** A user with all their organizations. */
export const environmentUserFields = personFields.extend({
  organizations: z.array(
    membershipFields.extend({ organizationId: z.string(), organizationName: z.string().optional() }),
  ),
})

/**
 * @param organizationId whose membership counts: of the user's other organizations nothing is told
 */
export function toUser(user: users.User, organizationId: string): z.output<typeof userFields> {
  const membership = user.memberships.find((each) => each.organizationId === organizationId)
  return { ...toPerson(user), ...(membership ? toMembership(membership) : { roles: [] }) }
}

/** The same of all organizations. */
export function toEnvironmentUser(user: users.User): z.output<typeof environmentUserFields> {
  return {
    ...toPerson(user),
    organizations: user.memberships.map((membership) => ({
      organizationId: membership.organizationId,
      organizationName: membership.displayName || undefined,
      ...toMembership(membership),
    })),
  }
}

function toPerson(user: users.User): z.output<typeof personFields> {
  const profile = user.userProfile
  const fullName = [profile?.givenName, profile?.familyName].filter(Boolean).join(' ')
  return {
    id: user.id,
    email: user.email,
    name: profile?.name || fullName || undefined,
    externalId: user.externalId || undefined,
    lastLoginAt: toTime(user.lastLoginTime),
    createdAt: toTime(user.createTime),
  }
}

function toMembership(membership: commons.OrganizationMembership): z.output<typeof membershipFields> {
  return {
    status: commons.MembershipStatus[membership.membershipStatus],
    roles: membership.roles.map((role) => role.name),
    invitation: isOpen(membership)
      ? {
          sentAt: toTime(membership.createdAt),
          expiresAt: toTime(membership.expiresAt),
          inviterEmail: membership.inviterEmail || undefined,
        }
      : undefined,
  }
}

/** Whether somebody was invited and has not accepted. */
export function isOpen({ membershipStatus }: commons.OrganizationMembership): boolean {
  return membershipStatus === PENDING_INVITE || membershipStatus === INVITE_EXPIRED
}
