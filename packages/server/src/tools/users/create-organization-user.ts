import type { users } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import {
  email,
  environmentId,
  metadata,
  organizationId,
  roleName,
  text,
  toMetadata,
} from '../../input-fields.js'
import { defineTool, type Taken, type ToolContext } from '../../tool.js'
import { requireNames } from '../missing-name.js'
import { roleOfNewUser } from './role-of-new-user.js'
import { toUser, userFields } from './user.js'

export default defineTool({
  name: 'create_organization_user',
  title: 'Create organization user',
  description:
    'Add a user to an organization, new or of another organization, and invite them by e-mail, unless sendInvitation is false. Without a role they get the default role.',
  toolset: 'users',
  scopes: ['organization:write'],
  effect: 'create',
  aliases: { firstName: 'givenName', lastName: 'familyName' },
  input: z.object({
    environmentId,
    organizationId,
    email,
    role: roleName.optional(),
    givenName: text(255).optional().describe('First name.'),
    familyName: text(255).optional().describe('Last name.'),
    externalId: text(255).optional().describe('Their id in your own system; unique in the environment.'),
    metadata: metadata(20).optional().describe('Of your own application.'),
    sendInvitation: z.boolean().default(true).describe('Send the invitation e-mail.'),
  }),
  output: z.object({ user: userFields }),
  async target(args, context) {
    await requireNames(args, context)
    const user = await userWith(args, context)
    const changes = {
      'Existing user': user?.id,
      Role: await roleOfNewUser(args, context),
      'Given name': args.givenName,
      'Family name': args.familyName,
      'External ID': args.externalId,
      Invitation: args.sendInvitation ? 'sent by e-mail' : 'none: the user is active at once',
      Metadata: args.metadata?.map(({ key, value }) => `${key}=${value}`),
    }
    return { name: args.email, changes }
  },
  precondition:
    'Remove a user of the organization first, or ask the user whether its limit of users may grow.',
  async existing(args, context) {
    const { environmentId, organizationId, externalId } = args
    const user = await userWith(args, context)
    if (user) {
      if (user.memberships.some((each) => each.organizationId === organizationId))
        return { argument: 'email', id: user.id }
      return describesPerson(args) ? elsewhere(user.id, organizationId) : undefined
    }
    if (externalId === undefined) return undefined
    const identities = { case: 'externalId', value: externalId } as const
    const other = (await context.scalekit.users(environmentId).getUser({ identities })).user
    return other && { argument: 'externalId', id: other.id }
  },
  async run(args, context) {
    const api = context.scalekit.users(args.environmentId)
    const { organizationId, sendInvitation } = args
    const roles = args.role ? [{ name: args.role }] : []
    const known = describesPerson(args) ? undefined : await userWith(args, context)
    if (known) {
      const { user } = await api.createMembership({
        organizationId,
        identities: { case: 'id', value: known.id },
        membership: { roles },
        sendInvitationEmail: sendInvitation,
      })
      if (!user) throw new ToolError('internal', 'Scalekit did not return the user.')
      return { user: toUser(user, organizationId) }
    }
    const { user } = await api.createUserAndMembership({
      organizationId,
      sendInvitationEmail: sendInvitation,
      user: {
        email: args.email,
        externalId: args.externalId,
        metadata: toMetadata(args.metadata),
        membership: { roles },
        ...(args.givenName || args.familyName
          ? { userProfile: { givenName: args.givenName, familyName: args.familyName } }
          : {}),
      },
    })
    if (!user) throw new ToolError('internal', 'Scalekit did not return the user.')
    return { user: toUser(user, args.organizationId) }
  },
})

/** An e-mail address belongs to one user of the environment, whatever their organizations. */
async function userWith(
  { environmentId, email }: { readonly environmentId: string; readonly email: string },
  { scalekit }: ToolContext,
): Promise<users.User | undefined> {
  const found = await scalekit.users(environmentId).searchUsers({ query: email.slice(0, 100), pageSize: 30 })
  return found.users.find((each) => each.email.toLowerCase() === email.toLowerCase())
}

/** Arguments that only a new user can get. An empty list gives nothing. */
const ofPerson = ['givenName', 'familyName', 'externalId', 'metadata'] as const

function describesPerson(args: { readonly [name in (typeof ofPerson)[number]]?: unknown }): boolean {
  return ofPerson.some((name) => [args[name]].flat().some((value) => value !== undefined))
}

const elsewhere = (id: string, organizationId: string): Taken => ({
  id,
  message: `The user ${id} of this environment has this e-mail address and is not in ${organizationId}.`,
  nextStep: `Call again without ${ofPerson.join(', ')} to add that user to the organization; update_organization_user changes their names.`,
})
