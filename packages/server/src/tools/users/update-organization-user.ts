import * as z from 'zod'
import { environmentId, organizationId, roleName, text, userId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { isAlready } from '../is-already.js'
import { requireNames } from '../missing-name.js'
import { keepOwnMembership } from '../own-access.js'
import { requireChange } from '../require-change.js'
import { readUser } from './read-user.js'
import { toUser, userFields } from './user.js'

export default defineTool({
  name: 'update_organization_user',
  title: 'Update organization user',
  description:
    'Change the role of a user in one organization, or their names, which all their organizations see. The e-mail address stays.',
  toolset: 'users',
  scopes: ['organization:write'],
  effect: 'update',
  input: z.object({
    environmentId,
    organizationId,
    userId,
    role: roleName.optional().describe('Name of a role; it replaces all roles in this organization.'),
    givenName: text(255).optional().describe('First name.'),
    familyName: text(255).optional().describe('Last name.'),
  }),
  output: z.object({ user: userFields }),
  check(args, facts) {
    requireChange(args, ['role', 'givenName', 'familyName'])
    if (args.role !== undefined) keepOwnMembership(args, facts)
  },
  async target(args, context) {
    const user = await readUser(context.scalekit, args)
    await requireNames(args, context)
    const { role, givenName, familyName } = args
    const result = toUser(user, args.organizationId)
    const present = { ...user.userProfile, roles: result.roles }
    const wanted = { givenName, familyName, roles: role === undefined ? undefined : [role] }
    return {
      id: user.id,
      name: user.email,
      changes: {
        Role: role,
        'Given name': givenName,
        'Family name': familyName,
      },
      already: isAlready(present, wanted) ? { user: result } : undefined,
    }
  },
  async run(args, { scalekit }) {
    const { environmentId, organizationId, userId, role, givenName, familyName } = args
    await readUser(scalekit, args)
    const users = scalekit.users(environmentId)
    const identities = { case: 'id', value: userId } as const
    if (role !== undefined) {
      await users.updateMembership({ organizationId, identities, membership: { roles: [{ name: role }] } })
    }
    if (givenName !== undefined || familyName !== undefined) {
      await users.updateUser({ identities, user: { userProfile: { givenName, familyName } } })
    }
    return { user: toUser(await readUser(scalekit, args), organizationId) }
  },
})
