import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool, type ToolContext } from '../../tool.js'
import { each, itemError, MOST_ITEMS, namedBy } from '../each.js'
import { organizationTarget } from '../organization-target.js'
import { keepAdministrators } from '../own-access.js'
import { requireDistinct } from '../require-distinct.js'

export default defineTool({
  name: 'delete_organizations',
  title: 'Delete organizations',
  description:
    'Delete up to 20 organizations with their connections, directories and memberships, after one confirmation. Users without another organization are deleted too.',
  toolset: 'organizations',
  scopes: ['organization:write'],
  effect: 'delete',
  input: z.object({
    environmentId,
    organizationIds: z.array(organizationId).min(1).max(MOST_ITEMS).describe('Each one once.'),
  }),
  output: z.object({
    items: z.array(
      z.object({
        organizationId: z.string(),
        name: z.string().optional(),
        users: z.number().optional().describe('How many users it had.'),
        error: itemError,
      }),
    ),
    deleted: z.number(),
  }),
  check({ organizationIds }, facts) {
    requireDistinct('organizationIds', organizationIds)
    keepAdministrators(organizationIds, facts)
  },
  async target({ environmentId, organizationIds }, context) {
    const results = await each(organizationIds, context.progress, 'Reading names', (organizationId) =>
      lookUp({ environmentId, organizationId }, context),
    )
    const { found, missing } = namedBy(organizationIds, results)
    if (found.length === 0) {
      throw new ToolError('not_found', 'Scalekit has none of these organizations.', {
        nextStep: checkIds,
      })
    }
    return {
      name: `${found.length} ${found.length === 1 ? 'organization' : 'organizations'}`,
      changes: {
        Organizations: found.map(({ id, name, users }) => `${name} (${id}, ${users} users)`),
        'Not found': missing.length > 0 ? missing : undefined,
      },
    }
  },
  async run({ environmentId, organizationIds }, context) {
    const { scalekit, progress } = context
    const results = await each(
      organizationIds,
      progress,
      'Deleting organizations',
      async (organizationId) => {
        const { name, users } = await lookUp({ environmentId, organizationId }, context)
        await scalekit
          .organizations(environmentId)
          .deleteOrganization({ identities: { case: 'id', value: organizationId } })
        return { name, users }
      },
      { not_found: checkIds },
    )
    return {
      items: organizationIds.map((organizationId, index) => ({ organizationId, ...results[index] })),
      deleted: results.filter((result) => 'name' in result).length,
    }
  },
})

const checkIds = 'Check the id with list_organizations.'

async function lookUp(which: { environmentId: string; organizationId: string }, context: ToolContext) {
  const { organizationId } = which
  const [{ id, name }, { totalSize }] = await Promise.all([
    organizationTarget(which, context),
    context.scalekit.users(which.environmentId).listOrganizationUsers({ organizationId, pageSize: 1 }),
  ])
  return { id, name, users: totalSize }
}
