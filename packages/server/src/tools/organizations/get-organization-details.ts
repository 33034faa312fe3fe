import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationFields, toOrganization } from './organization.js'

export default defineTool({
  name: 'get_organization_details',
  title: 'Get organization details',
  description: 'Get one organization: name, external id, metadata and enabled features.',
  toolset: 'organizations',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({ environmentId, organizationId }),
  output: z.object({ organization: organizationFields }),
  async run({ environmentId, organizationId }, { scalekit }) {
    const { organization } = await scalekit
      .organizations(environmentId)
      .getOrganization({ identities: { case: 'id', value: organizationId } })
    if (!organization) throw new ToolError('not_found', 'Scalekit has no such organization.')
    return { organization: toOrganization(organization) }
  },
})
