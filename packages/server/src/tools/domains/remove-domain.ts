import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { domainId, environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'

export default defineTool({
  name: 'remove_domain',
  title: 'Remove domain',
  description:
    'Take a domain from an organization: its addresses no longer lead to its single sign-on, or can no longer join.',
  toolset: 'domains',
  scopes: ['organization:write'],
  effect: 'delete',
  input: z.object({ environmentId, organizationId, domainId }),
  output: z.object({ removed: z.boolean() }),
  async target({ environmentId, organizationId, domainId }, { scalekit }) {
    const { domain } = await scalekit
      .domains(environmentId)
      .getDomain({ identities: { case: 'organizationId', value: organizationId }, id: domainId })
    if (!domain) throw new ToolError('not_found', 'Scalekit has no such domain.')
    return { id: domain.id, name: domain.domain }
  },
  async run({ environmentId, organizationId, domainId }, { scalekit }) {
    await scalekit
      .domains(environmentId)
      .deleteDomain({ identities: { case: 'organizationId', value: organizationId }, id: domainId })
    return { removed: true }
  },
})
