import * as z from 'zod'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationTarget } from '../organization-target.js'

export default defineTool({
  name: 'delete_organization',
  title: 'Delete organization',
  description:
    'Delete an organization with its connections, directories and memberships. Its users can no longer sign in to it.',
  toolset: 'organizations',
  scopes: ['organization:write'],
  effect: 'delete',
  input: z.object({ environmentId, organizationId }),
  output: z.object({ deleted: z.boolean() }),
  target: (args, context) => organizationTarget(args, context),
  async run({ environmentId, organizationId }, { scalekit }) {
    await scalekit
      .organizations(environmentId)
      .deleteOrganization({ identities: { case: 'id', value: organizationId } })
    return { deleted: true }
  },
})
