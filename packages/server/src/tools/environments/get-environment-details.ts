import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { environmentFields, toEnvironment } from './environment.js'

export default defineTool({
  name: 'get_environment_details',
  title: 'Get environment details',
  description: 'Get one environment: name, type (DEV or PRD), domain, region and custom domain.',
  toolset: 'environments',
  scopes: ['environment:read'],
  effect: 'read',
  workspaceOnly: true,
  input: z.object({ environmentId }),
  output: z.object({ environment: environmentFields }),
  async run({ environmentId }, { scalekit }) {
    const { environment } = await scalekit.environments().getEnvironment({ id: environmentId })
    if (!environment) throw new ToolError('not_found', 'Scalekit has no such environment.')
    return { environment: toEnvironment(environment) }
  },
})
