import * as z from 'zod'
import { clientId, environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { findClient } from '../find-client.js'
import { clientFields, clientTarget, toClient } from './client.js'
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
  async target(args, context) {
    await requireAllowedIn(args.environmentId, args.uri, context.scalekit)
    return clientTarget(args, context)
  },
  async run({ environmentId, uri, clientId }, { scalekit, progress }) {
    await requireAllowedIn(environmentId, uri, scalekit)
    const { id } = await findClient(scalekit, environmentId, clientId)
    const edit = { environmentId, clientId: id, postLoginUris: { add: [uri] } }
    return { client: toClient(await editUris({ scalekit, progress }, edit)) }
  },
})
