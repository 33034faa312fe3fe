import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId, userId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationTarget } from '../organization-target.js'
import { time, toTime } from '../times.js'
import { readUser } from './read-user.js'

export default defineTool({
  name: 'resend_invitation',
  title: 'Resend invitation',
  description:
    'Send the invitation e-mail again to a user who has not accepted it yet (PENDING_INVITE), with a new time limit.',
  toolset: 'users',
  scopes: ['organization:write'],
  // Each call makes one more e-mail: it is not repeated lightly.
  effect: 'create',
  input: z.object({ environmentId, organizationId, userId }),
  output: z.object({
    invitation: z.object({
      userId: z.string(),
      status: z.string(),
      expiresAt: time,
      resentAt: time,
      resentCount: z.number(),
    }),
  }),
  precondition:
    'Check the status with get_organization_user: only a user with PENDING_INVITE or INVITE_EXPIRED has an invitation.',
  async target(args, context) {
    const { id, email } = await readUser(context.scalekit, args)
    const organization = await organizationTarget(args, context)
    return {
      id,
      name: email,
      changes: { Organization: `${organization.name} (${organization.id})` },
    }
  },
  async run({ environmentId, organizationId, userId }, { scalekit }) {
    const { invite } = await scalekit.users(environmentId).resendInvite({ organizationId, id: userId })
    if (!invite) throw new ToolError('internal', 'Scalekit did not return the invitation.')
    return {
      invitation: {
        userId: invite.userId,
        status: invite.status,
        expiresAt: toTime(invite.expiresAt),
        resentAt: toTime(invite.resentAt),
        resentCount: invite.resentCount,
      },
    }
  },
})
