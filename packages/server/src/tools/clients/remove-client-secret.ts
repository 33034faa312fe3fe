import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationClientId, organizationId, secretId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { readOrganizationClient } from './organization-client.js'

export default defineTool({
  name: 'remove_client_secret',
  title: 'Remove client secret',
  description:
    "Remove one secret of a client of an organization's machines, after a rotation or a leak. What still uses it gets no more tokens.",
  toolset: 'clients',
  scopes: ['organization:write'],
  effect: 'delete',
  input: z.object({ environmentId, organizationId, clientId: organizationClientId, secretId }),
  output: z.object({ removed: z.boolean() }),
  async target(args, { scalekit }) {
    const { clientId, name, secrets } = await readOrganizationClient(scalekit, args)
    const secret = secrets.find(({ id }) => id === args.secretId)
    if (!secret) throw new ToolError('not_found', 'The client has no such secret.', { nextStep })
    return {
      id: clientId,
      name: name || clientId,
      changes: { Secret: `${secret.id}, ends in ${secret.secretSuffix}` },
    }
  },
  async run({ environmentId, organizationId, clientId, secretId }, { scalekit }) {
    await scalekit
      .clients(environmentId)
      .deleteOrganizationClientSecret({ organizationId, clientId, secretId })
    return { removed: true }
  },
})

const nextStep = 'Check the id with get_organization_client.'
