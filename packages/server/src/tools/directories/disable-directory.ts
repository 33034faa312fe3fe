import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { directoryId, environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { directoryFields, toDirectory } from './directory.js'
import { readDirectory } from './read-directory.js'

export default defineTool({
  name: 'disable_directory',
  title: 'Disable directory',
  description:
    'Stop a directory from provisioning; what it has sent stays. People who leave the customer keep their access meanwhile.',
  toolset: 'directories',
  scopes: ['organization:write'],
  effect: 'update',
  input: z.object({ environmentId, organizationId, directoryId }),
  output: z.object({ directory: directoryFields }),
  async target(args, { scalekit }) {
    const directory = await readDirectory(scalekit, args)
    const { id, name, enabled } = directory
    return { id, name, already: enabled ? undefined : { directory: toDirectory(directory) } }
  },
  async run(args, { scalekit }) {
    const { environmentId, organizationId, directoryId } = args
    const { enabled } = await scalekit
      .directories(environmentId)
      .disableDirectory({ organizationId, id: directoryId })
    // The API can say in a success that it did not (ToggleDirectoryResponse.error_message).
    if (enabled) throw new ToolError('precondition_failed', 'Scalekit did not disable the directory.')
    return { directory: toDirectory(await readDirectory(scalekit, args)) }
  },
})
