import * as z from 'zod'
import { nextPageToken, pageSize, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { memberFields, toMember } from './member.js'

export default defineTool({
  name: 'list_workspace_members',
  title: 'List workspace members',
  description:
    'List the people who administer this Scalekit workspace, with their roles. For users of a customer use list_organization_users.',
  toolset: 'workspace',
  scopes: ['workspace:read'],
  effect: 'read',
  input: z.object({ pageSize, pageToken }),
  output: z.object({ items: z.array(memberFields), nextPageToken }),
  async run({ pageSize, pageToken }, { scalekit }) {
    const page = await scalekit.members().listMembers({ pageSize, pageToken })
    return { items: page.members.map(toMember), nextPageToken: page.nextPageToken || undefined }
  },
})
