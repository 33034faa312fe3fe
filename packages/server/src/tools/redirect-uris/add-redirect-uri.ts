import * as z from 'zod'
import { clientId, environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { findClient } from '../find-client.js'
import { clientFields, toClient, uriTarget } from './client.js'
import { editUris } from './edit-uris.js'
import { redirectUri, requireAllowedIn } from './redirect-uri.js'

export default defineTool({
  name: 'add_redirect_uri',
  title: 'Add redirect URI',
  description:
    "Allow a sign-in of a client (by default the environment's own) to end at a URI. For several changes use set_app_urls.",
  toolset: 'redirect-uris',
  scopes: ['environment:write'],
  effect: 'update',
  input: z.object({ environmentId, uri: redirectUri, clientId: clientId.optional() }),
  output: z.object({ client: clientFields }),
  async target({ environmentId, uri, clientId }, { scalekit }) {
    await requireAllowedIn(environmentId, uri, scalekit)
    const client = await findClient(scalekit, environmentId, clientId)
    return uriTarget(client, uri, client.postLoginUris.includes(uri))
  },
  async run({ environmentId, uri, clientId }, { scalekit, progress }) {
    await requireAllowedIn(environmentId, uri, scalekit)
    const { id } = await findClient(scalekit, environmentId, clientId)
    const edit = { environmentId, clientId: id, postLoginUris: { add: [uri] } }
    return { client: toClient(await editUris({ scalekit, progress }, edit)) }
  },
})
