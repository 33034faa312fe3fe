import * as z from 'zod'
import { directoryId, environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { directoryFields, toDirectory } from './directory.js'
import { readDirectory } from './read-directory.js'

export default defineTool({
  name: 'get_directory',
  title: 'Get directory',
  description:
    'Get one directory of an organization: status, endpoint, roles of its groups, and the age and last use of its secrets.',
  toolset: 'directories',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({ environmentId, organizationId, directoryId }),
  output: z.object({ directory: directoryFields }),
  async run(args, { scalekit }) {
    return { directory: toDirectory(await readDirectory(scalekit, args)) }
  },
})
