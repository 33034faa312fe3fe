import * as z from 'zod'
import { environmentId, nextPageToken, pageSize, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationFields, toOrganization } from './organization.js'

export default defineTool({
  name: 'list_organizations',
  title: 'List organizations',
  description: 'List the organizations (your customers) in an environment.',
  toolset: 'organizations',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({ environmentId, pageSize, pageToken }),
  output: z.object({ items: z.array(organizationFields), nextPageToken }),
  async run({ environmentId, pageSize, pageToken }, { scalekit }) {
    const page = await scalekit.organizations(environmentId).listOrganization({ pageSize, pageToken })
    return { items: page.organizations.map(toOrganization), nextPageToken: page.nextPageToken || undefined }
  },
})
