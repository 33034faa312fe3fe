import { connections } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { defineTool } from '../../tool.js'
import { connectionFields, toConnection } from './connection.js'
import { whichConnection } from './connection-input.js'
import { targetOf } from './connection-target.js'
import { readConnection } from './connections-of.js'

const precondition =
  'The connection is not complete (get_connection). Set discoveryEndpoint or issuer, clientId and clientSecret with update_environment_oidc_connection; for a connection of an organization use update_connection, or generate_admin_portal_link for its own administrator.'

export default defineTool({
  name: 'enable_environment_connection',
  title: 'Enable connection',
  description:
    'Let people sign in through a connection. It must be complete. Give organizationId for a connection of an organization.',
  toolset: 'connections',
  scopes: ['environment:write'],
  effect: 'update',
  aliases: { connection_id: 'connectionId' },
  input: z.object(whichConnection),
  output: z.object({ connection: connectionFields }),
  precondition,
  async target(args, { scalekit }) {
    const connection = await readConnection(scalekit, args)
    if (connection.status !== connections.ConnectionStatus.COMPLETED) {
      const message = `The connection ${args.connectionId} cannot be enabled yet.`
      throw new ToolError('precondition_failed', message, { nextStep: precondition })
    }
    const already = connection.enabled ? { connection: toConnection(connection) } : undefined
    return { ...targetOf(connection), already }
  },
  async run(args, { scalekit }) {
    const { environmentId, connectionId, organizationId } = args
    const client = scalekit.connections(environmentId)
    if (organizationId) await client.enableConnection({ organizationId, id: connectionId })
    else await client.enableEnvironmentConnection({ connectionId })
    return { connection: toConnection(await readConnection(scalekit, args)) }
  },
})
