import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, text } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { environmentScopeFields, toEnvironmentScope } from './environment-scope.js'

export default defineTool({
  name: 'create_environment_scope',
  title: 'Create environment scope',
  description: 'Create an OAuth scope that MCP servers of an environment can ask for.',
  toolset: 'environments',
  scopes: ['environment:write'],
  effect: 'create',
  unconfirmed: 'A scope allows nothing until an MCP server or a client has it.',
  aliases: { scopeName: 'name' },
  workspaceOnly: 'Tell the user that scopes of the environment are created in the Scalekit dashboard.',
  input: z.object({
    environmentId,
    name: z
      .string()
      .regex(/^[a-zA-Z0-9:]{1,64}$/, 'letters, digits and :, 64 at most')
      .describe('Like todo:read.'),
    description: text(2000).optional().describe('What it allows, in the words of the consent page.'),
  }),
  output: z.object({ scope: environmentScopeFields }),
  async existing({ environmentId, name }, { scalekit }) {
    const { scopes } = await scalekit.clients(environmentId).listScopes({})
    return scopes.find((scope) => scope.name === name)?.id
  },
  async run({ environmentId, name, description }, { scalekit }) {
    const { scope } = await scalekit.clients(environmentId).createScope({ scope: { name, description } })
    if (!scope) throw new ToolError('internal', 'Scalekit did not return the scope.')
    return { scope: toEnvironmentScope(scope) }
  },
})
