import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId, userId } from '../../input-fields.js'
import { defineTool, type Target, type ToolContext } from '../../tool.js'
import { each, itemError, MOST_ITEMS, namedBy } from '../each.js'
import { organizationTarget } from '../organization-target.js'
import { requireDistinct } from '../require-distinct.js'
import { time, toTime } from '../times.js'
import { readUser } from './read-user.js'
import { isOpen } from './user.js'

const sent = z.object({
  organizationId: z.string(),
  userId: z.string(),
  status: z.string(),
  expiresAt: time,
  resentAt: time,
  resentCount: z.number(),
})

interface Which {
  readonly organizationId: string
  readonly userId: string
}

const checkIds = 'Check organizationId and userId with list_invitations.'
const precondition =
  'Check the status with get_organization_user: only a user with PENDING_INVITE or INVITE_EXPIRED has an invitation.'

export default defineTool({
  name: 'resend_invitation',
  title: 'Resend invitation',
  description:
    'Send invitation e-mails again to users who have not accepted yet, with a new time limit: to one (organizationId and userId), or up to 20 (invitations, from list_invitations).',
  toolset: 'users',
  scopes: ['organization:write'],
  // Each call makes one more e-mail: it is not repeated lightly.
  effect: 'create',
  input: z.object({
    environmentId,
    organizationId: organizationId.optional().describe('For one invitation, with userId.'),
    userId: userId.optional().describe('For one invitation, with organizationId.'),
    invitations: z
      .array(z.strictObject({ organizationId, userId }))
      .min(1)
      .max(MOST_ITEMS)
      .optional()
      .describe('For several, in place of organizationId and userId.'),
  }),
  output: z.object({
    invitation: sent.optional(),
    items: z
      .array(sent.partial().extend({ organizationId: z.string(), userId: z.string(), error: itemError }))
      .optional(),
    sent: z.number(),
  }),
  precondition,
  check(args) {
    const keys = whichOf(args).map(({ organizationId, userId }) => `${organizationId} ${userId}`)
    requireDistinct('invitations', keys)
  },
  async target(args, context) {
    const which = whichOf(args)
    const [only] = which
    if (only && which.length === 1) return targetOf(args.environmentId, only, context)
    const results = await each(which, context.progress, 'Reading names', async (one) => {
      const { name } = await targetOf(args.environmentId, one, context)
      const { environmentId } = args
      const organization = await organizationTarget({ environmentId, ...one }, context)
      return { to: `${name}, ${organization.name} (${organization.id})` }
    })
    const { found, missing } = namedBy(
      which.map(({ userId }) => userId),
      results,
    )
    if (found.length === 0) {
      const message = 'None of these users has an open invitation.'
      throw new ToolError('not_found', message, { nextStep: checkIds })
    }
    return {
      name: found.length === 1 ? '1 invitation' : `${found.length} invitations`,
      changes: {
        To: found.map(({ to }) => to),
        'Without an open invitation': missing.length > 0 ? missing : undefined,
      },
    }
  },
  async run(args, { scalekit, progress }) {
    const which = whichOf(args)
    const resend = (one: Which) => send(scalekit, args.environmentId, one)
    if (!args.invitations) return { invitation: await resend(which[0] as Which), sent: 1 }
    const results = await each(which, progress, 'Sending invitations', resend, {
      not_found: checkIds,
      precondition_failed: precondition,
    })
    return {
      items: which.map((one, index) => ({ ...one, ...results[index] })),
      sent: results.filter((result) => !('error' in result)).length,
    }
  },
})

/** @throws ToolError `invalid_arguments` unless one form is given, and whole */
function whichOf({
  organizationId,
  userId,
  invitations,
}: {
  readonly organizationId?: string | undefined
  readonly userId?: string | undefined
  readonly invitations?: readonly Which[] | undefined
}): readonly Which[] {
  if (invitations && organizationId === undefined && userId === undefined) return invitations
  if (!invitations && organizationId !== undefined && userId !== undefined)
    return [{ organizationId, userId }]
  throw new ToolError('invalid_arguments', 'Give organizationId and userId, or invitations.')
}

async function targetOf(environmentId: string, one: Which, context: ToolContext): Promise<Target> {
  const { id, email, memberships } = await readUser(context.scalekit, { environmentId, ...one })
  if (!memberships.some((each) => each.organizationId === one.organizationId && isOpen(each))) {
    throw new ToolError('precondition_failed', `The user ${id} has no open invitation.`, {
      nextStep: precondition,
    })
  }
  return { id, name: email, organizationId: one.organizationId }
}

async function send(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  { organizationId, userId }: Which,
) {
  const { invite } = await scalekit.users(environmentId).resendInvite({ organizationId, id: userId })
  if (!invite) throw new ToolError('internal', 'Scalekit did not return the invitation.')
  return {
    organizationId,
    userId,
    status: invite.status,
    expiresAt: toTime(invite.expiresAt),
    resentAt: toTime(invite.resentAt),
    resentCount: invite.resentCount,
  }
}
