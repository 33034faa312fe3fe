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
import { defineTool, type Taken } from '../../tool.js'
import { requireNames } from '../missing-name.js'
import { organizationTarget } from '../organization-target.js'
import { toUser, userFields } from './user.js'

export default defineTool({
  name: 'create_organization_user',
  title: 'Create organization user',
  description:
    'Add a user to an organization and invite them by e-mail, unless sendInvitation is false. Without a role they get the default role.',
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
    const { id, name } = await organizationTarget(args, context)
    await requireNames(args, context)
    const changes = {
      Organization: `${name} (${id})`,
      Role: args.role ?? 'the default role of members',
      'External ID': args.externalId,
      Metadata: args.metadata?.map(({ key, value }) => `${key}=${value}`),
    }
    return { name: args.email, changes }
  },
  precondition:
    'Remove a user of the organization first, or ask the user whether its limit of users may grow.',
  async existing({ environmentId, organizationId, email, externalId }, { scalekit }) {
    const users = scalekit.users(environmentId)
    const found = await users.searchUsers({ query: email.slice(0, 100), pageSize: 30 })
    const sameAddress = found.users.find((each) => each.email.toLowerCase() === email.toLowerCase())
    if (sameAddress) {
      const { id, memberships } = sameAddress
      return memberships.some((each) => each.organizationId === organizationId)
        ? id
        : elsewhere(id, organizationId)
    }
    if (externalId === undefined) return undefined
    return (await users.getUser({ identities: { case: 'externalId', value: externalId } })).user?.id
  },
  async run(args, { scalekit }) {
    const { user } = await scalekit.users(args.environmentId).createUserAndMembership({
      organizationId: args.organizationId,
      sendInvitationEmail: args.sendInvitation,
      user: {
        email: args.email,
        externalId: args.externalId,
        metadata: toMetadata(args.metadata),
        membership: { roles: args.role ? [{ name: args.role }] : [] },
        ...(args.givenName || args.familyName
          ? { userProfile: { givenName: args.givenName, familyName: args.familyName } }
          : {}),
      },
    })
    if (!user) throw new ToolError('internal', 'Scalekit did not return the user.')
    return { user: toUser(user, args.organizationId) }
  },
})

const elsewhere = (id: string, organizationId: string): Taken => ({
  id,
  message: `The user ${id} of this environment has this e-mail address and is not in ${organizationId}.`,
  nextStep:
    'No tool adds an existing user to another organization. Ask the user to do it in the Scalekit dashboard; list_users shows the organizations of a user.',
})
