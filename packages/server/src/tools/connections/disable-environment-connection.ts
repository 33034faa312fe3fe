import * as z from 'zod'
import { defineTool } from '../../tool.js'
import { connectionFields, toConnection } from './connection.js'
import { whichConnection } from './connection-input.js'
import { targetOf } from './connection-target.js'
import { readConnection } from './connections-of.js'

export default defineTool({
  name: 'disable_environment_connection',
  title: 'Disable connection',
  description:
    'Stop sign-in through a connection; its settings stay. Users without another sign-in method are locked out. Give organizationId for a connection of an organization.',
  toolset: 'connections',
  scopes: ['environment:write'],
  effect: 'update',
  aliases: { connection_id: 'connectionId' },
  input: z.object(whichConnection),
  output: z.object({ connection: connectionFields }),
  async target(args, { scalekit }) {
    const connection = await readConnection(scalekit, args)
    const already = connection.enabled ? undefined : { connection: toConnection(connection) }
    return { ...targetOf(connection), already }
  },
  async run(args, { scalekit }) {
    const { environmentId, connectionId, organizationId } = args
    const client = scalekit.connections(environmentId)
    if (organizationId) await client.disableConnection({ organizationId, id: connectionId })
    else await client.disableEnvironmentConnection({ connectionId })
    return { connection: toConnection(await readConnection(scalekit, args)) }
  },
})
