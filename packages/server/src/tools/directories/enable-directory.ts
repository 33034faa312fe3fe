import { directories } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { directoryId, environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { directoryFields, toDirectory } from './directory.js'
import { readDirectory } from './read-directory.js'

const precondition = 'The directory has no secret (get_directory): create one with rotate_directory_secret.'

export default defineTool({
  name: 'enable_directory',
  title: 'Enable directory',
  description:
    'Let a directory of an organization provision users and groups. It needs a secret first: rotate_directory_secret.',
  toolset: 'directories',
  scopes: ['organization:write'],
  effect: 'update',
  input: z.object({ environmentId, organizationId, directoryId }),
  output: z.object({ directory: directoryFields }),
  precondition,
  async target(args, { scalekit }) {
    const directory = await readDirectory(scalekit, args)
    const { id, name, directoryType, secrets, enabled } = directory
    if (directoryType === directories.DirectoryType.SCIM && secrets.length === 0) {
      throw new ToolError('precondition_failed', `The directory ${id} cannot be enabled yet.`, {
        nextStep: precondition,
      })
    }
    return { id, name, already: enabled ? { directory: toDirectory(directory) } : undefined }
  },
  async run(args, { scalekit }) {
    const { environmentId, organizationId, directoryId } = args
    const { enabled } = await scalekit
      .directories(environmentId)
      .enableDirectory({ organizationId, id: directoryId })
    // The API can say in a success that it did not (ToggleDirectoryResponse.error_message).
    if (!enabled) throw new ToolError('precondition_failed', 'Scalekit did not enable the directory.')
    return { directory: toDirectory(await readDirectory(scalekit, args)) }
  },
})
