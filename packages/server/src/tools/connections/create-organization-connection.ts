import { connections } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationTarget } from '../organization-target.js'
import { connectionFields, toConnection } from './connection.js'
import { provider, toProvider } from './connection-input.js'

export default defineTool({
  name: 'create_organization_connection',
  title: 'Create organization connection',
  description:
    'Begin single sign-on for an organization: a draft connection, which its administrator completes in the admin portal (generate_admin_portal_link).',
  toolset: 'connections',
  scopes: ['organization:write'],
  effect: 'create',
  input: z.object({
    environmentId,
    organizationId,
    provider,
    type: z.enum(['OIDC', 'SAML']).describe('Protocol.'),
  }),
  output: z.object({ connection: connectionFields }),
  target: (args, context) => organizationTarget(args, context, { Provider: args.provider, Type: args.type }),
  async run({ environmentId, organizationId, provider, type }, { scalekit }) {
    const { connection } = await scalekit.connections(environmentId).createConnection({
      organizationId,
      connection: { provider: toProvider(provider), type: connections.ConnectionType[type] },
    })
    if (!connection) throw new ToolError('internal', 'Scalekit did not return the connection.')
    return { connection: toConnection(connection) }
  },
})
