import * as z from 'zod'
import { defineTool } from '../../tool.js'
import { connectionFields, toConnection } from './connection.js'
import { whichConnection } from './connection-input.js'
import { readConnection } from './connections-of.js'

export default defineTool({
  name: 'get_connection',
  title: 'Get connection',
  description:
    'Get one connection: status, provider, domains, and OIDC or SAML settings without secrets, such as the redirect URI or ACS URL for the identity provider. Give organizationId for a connection of an organization.',
  toolset: 'connections',
  scopes: ['environment:read', 'organization:read'],
  effect: 'read',
  input: z.object(whichConnection),
  output: z.object({ connection: connectionFields }),
  async run(args, { scalekit }) {
    return { connection: toConnection(await readConnection(scalekit, args)) }
  },
})
