import { commons, type users } from '@scalekit-mcp/api'
import * as z from 'zod'
import { environmentId, nextPageToken, organizationId, pageSize, pageToken } from '../../input-fields.js'
import { defineTool, type ToolContext } from '../../tool.js'
import { time, toTime } from '../times.js'
import { isOpen } from './user.js'

/** Scalekit has no list of invitations: users are read, a page at a time, until there are enough. */
const PAGE = 100
const PAGES = 5

const invitation = z.object({
  userId: z.string(),
  email: z.string(),
  organizationId: z.string(),
  organizationName: z.string().optional(),
  status: z.string().describe('PENDING_INVITE or INVITE_EXPIRED.'),
  roles: z.array(z.string()),
  sentAt: time,
  expiresAt: time,
  inviterEmail: z.string().optional(),
})

type Invitation = z.output<typeof invitation>

export default defineTool({
  name: 'list_invitations',
  title: 'List invitations',
  description:
    'List the invitations that nobody has accepted yet, in one organization or in all, with state and expiry. Resend them with resend_invitation.',
  toolset: 'users',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    organizationId: organizationId.optional().describe('Only of this organization.'),
    status: z
      .enum(['PENDING_INVITE', 'INVITE_EXPIRED'])
      .optional()
      .describe('Only in this state; by default both.'),
    pageSize: pageSize.describe('Reads users until about this many are found.'),
    pageToken,
  }),
  output: z.object({
    items: z.array(invitation),
    usersRead: z.number().describe('How many users were looked at, 500 at most in one call.'),
    nextPageToken,
  }),
  async run({ environmentId, organizationId, status, pageSize, pageToken }, { scalekit, progress }) {
    const items: Invitation[] = []
    let usersRead = 0
    let next = pageToken ?? ''
    for (let page = 1; page <= PAGES && items.length < pageSize; page++) {
      const answer = await readUsers(scalekit, environmentId, organizationId, next)
      const found = answer.users.flatMap((user) => invitationsOf(user, organizationId))
      items.push(...found.filter((each) => status === undefined || each.status === status))
      usersRead += answer.users.length
      next = answer.nextPageToken
      if (next === '') break
      progress(usersRead, 'Reading users', answer.totalSize)
    }
    return { items, usersRead, nextPageToken: next || undefined }
  },
})

function readUsers(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  organizationId: string | undefined,
  pageToken: string,
) {
  const client = scalekit.users(environmentId)
  const page = { pageSize: PAGE, pageToken }
  return organizationId === undefined
    ? client.listUsers(page)
    : client.listOrganizationUsers({ ...page, organizationId })
}

function invitationsOf(user: users.User, organizationId: string | undefined): Invitation[] {
  return user.memberships
    .filter(isOpen)
    .filter((membership) => organizationId === undefined || membership.organizationId === organizationId)
    .map((membership) => ({
      userId: user.id,
      email: user.email,
      organizationId: membership.organizationId,
      organizationName: membership.displayName || undefined,
      status: commons.MembershipStatus[membership.membershipStatus] ?? 'UNKNOWN',
      roles: membership.roles.map((role) => role.name),
      sentAt: toTime(membership.createdAt),
      expiresAt: toTime(membership.expiresAt),
      inviterEmail: membership.inviterEmail || undefined,
    }))
}
