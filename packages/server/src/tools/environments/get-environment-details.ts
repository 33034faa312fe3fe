import * as z from 'zod'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { environmentFields } from './environment.js'
import { readEnvironment } from './read-environment.js'

export default defineTool({
  name: 'get_environment_details',
  title: 'Get environment details',
  description: 'Get one environment: name, type (DEV or PRD), domain, region and custom domain.',
  toolset: 'environments',
  scopes: ['environment:read'],
  effect: 'read',
  workspaceOnly:
    'Use whoami: its field environments has the id and the type. The rest is in the Scalekit dashboard.',
  input: z.object({ environmentId }),
  output: z.object({ environment: environmentFields }),
  async run({ environmentId }, { scalekit }) {
    return { environment: await readEnvironment(scalekit, environmentId) }
  },
})
