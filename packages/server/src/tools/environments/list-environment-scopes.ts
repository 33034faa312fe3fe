import * as z from 'zod'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { environmentScopeFields, toEnvironmentScope } from './environment-scope.js'

export default defineTool({
  name: 'list_environment_scopes',
  title: 'List environment scopes',
  description:
    'List the OAuth scopes that MCP servers of an environment can ask for. For those of this connection use whoami.',
  toolset: 'environments',
  scopes: ['environment:read'],
  effect: 'read',
  workspaceOnly:
    'For the scopes of an MCP server use get_mcp_server, for those of this connection whoami. Tell the user that the full list is in the Scalekit dashboard.',
  input: z.object({ environmentId }),
  output: z.object({ items: z.array(environmentScopeFields) }),
  async run({ environmentId }, { scalekit }) {
    const { scopes } = await scalekit.clients(environmentId).listScopes({})
    return { items: scopes.map(toEnvironmentScope) }
  },
})
