import * as z from 'zod'
import { clientId, environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { findClient } from '../find-client.js'
import { clientFields, requireListed, toClient, uriTarget } from './client.js'
import { editUris } from './edit-uris.js'
import { listedUri } from './redirect-uri.js'

export default defineTool({
  name: 'remove_post_logout_redirect_uri',
  title: 'Remove post-logout redirect URI',
  description: "No longer allow a sign-out of a client (by default the environment's own) to end at a URI.",
  toolset: 'redirect-uris',
  scopes: ['environment:write'],
  effect: 'update',
  input: z.object({ environmentId, uri: listedUri, clientId: clientId.optional() }),
  output: z.object({ client: clientFields }),
  async target({ environmentId, uri, clientId }, { scalekit }) {
    const client = await findClient(scalekit, environmentId, clientId)
    requireListed(client.postLogoutRedirectUris, uri)
    return uriTarget(client, uri)
  },
  async run({ environmentId, uri, clientId }, { scalekit, progress }) {
    const client = await findClient(scalekit, environmentId, clientId)
    requireListed(client.postLogoutRedirectUris, uri)
    const edit = { environmentId, clientId: client.id, postLogoutRedirectUris: { remove: [uri] } }
    return { client: toClient(await editUris({ scalekit, progress }, edit)) }
  },
})
