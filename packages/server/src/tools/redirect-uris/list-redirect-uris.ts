import * as z from 'zod'
import { clientId, environmentId, nextPageToken, pageSizeBetween, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { readClient } from '../find-client.js'
import { clientFields, toClient } from './client.js'

export default defineTool({
  name: 'list_redirect_uris',
  title: 'List redirect URIs',
  description:
    'List the clients (apps) of an environment with their redirect URIs, post-logout redirect URIs and initiate login URI. With clientId only that one.',
  toolset: 'redirect-uris',
  scopes: ['environment:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    clientId: clientId.optional(),
    pageSize: pageSizeBetween(1, 30),
    pageToken,
  }),
  output: z.object({ items: z.array(clientFields), nextPageToken }),
  async run({ environmentId, clientId, pageSize, pageToken }, { scalekit }) {
    if (clientId !== undefined) {
      return { items: [toClient(await readClient(scalekit, environmentId, clientId))] }
    }
    const page = await scalekit.clients(environmentId).listClient({ pageSize, pageToken })
    return { items: page.clients.map(toClient), nextPageToken: page.nextPageToken || undefined }
  },
})
