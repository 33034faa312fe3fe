import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'

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
  async target({ environmentId, organizationId }, { scalekit }) {
    const { organization } = await scalekit
      .organizations(environmentId)
      .getOrganization({ identities: { case: 'id', value: organizationId } })
    if (!organization) throw new ToolError('not_found', 'Scalekit has no such organization.')
    return { id: organization.id, name: organization.displayName, environmentId }
  },
  async run({ environmentId, organizationId }, { scalekit }) {
    await scalekit
      .organizations(environmentId)
      .deleteOrganization({ identities: { case: 'id', value: organizationId } })
    return { deleted: true }
  },
})
