import * as z from 'zod'
import { environmentId, nextPageToken, organizationId, pageSize, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { pageOf } from '../page-of.js'
import { listedDirectoryFields, toListedDirectory } from './directory.js'

export default defineTool({
  name: 'list_directories',
  title: 'List directories',
  description:
    'List the directories (SCIM) from which an organization provisions users and groups, with their status.',
  toolset: 'directories',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({ environmentId, organizationId, pageSize, pageToken }),
  output: z.object({ items: z.array(listedDirectoryFields), nextPageToken }),
  async run({ environmentId, organizationId, pageSize, pageToken }, { scalekit }) {
    const { directories } = await scalekit.directories(environmentId).listDirectories({ organizationId })
    return pageOf(directories.map(toListedDirectory), pageSize, pageToken)
  },
})
