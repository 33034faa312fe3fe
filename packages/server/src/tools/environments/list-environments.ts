import * as z from 'zod'
import { nextPageToken, pageSize, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { environmentFields, toEnvironment } from './environment.js'
import { readEnvironment } from './read-environment.js'

export default defineTool({
  name: 'list_environments',
  title: 'List environments',
  description: 'List the environments that this connection reaches, with their type (DEV or PRD) and domain.',
  toolset: 'environments',
  scopes: ['environment:read'],
  effect: 'read',
  workspaceOnly: 'Use whoami: its field environments has the one environment of this server.',
  input: z.object({ pageSize, pageToken }),
  output: z.object({ items: z.array(environmentFields), nextPageToken }),
  async run({ pageSize, pageToken }, { scalekit, connection }) {
    const { environmentId } = connection()
    if (environmentId !== undefined) return { items: [await readEnvironment(scalekit, environmentId)] }
    const page = await scalekit.environments().listEnvironment({ pageSize, pageToken })
    return { items: page.environments.map(toEnvironment), nextPageToken: page.nextPageToken || undefined }
  },
})
