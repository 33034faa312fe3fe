import * as z from 'zod'
import { clientId, environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { findClient } from '../find-client.js'
import { clientFields, uriTarget } from './client.js'
import { writeInitiateLoginUri } from './write-initiate-login-uri.js'

export default defineTool({
  name: 'remove_initiate_login_uri',
  title: 'Remove initiate login URI',
  description:
    'Remove the initiate login URI of an app: sign-ins that do not start in the app no longer reach it.',
  toolset: 'redirect-uris',
  scopes: ['environment:write'],
  effect: 'update',
  input: z.object({ environmentId, clientId: clientId.optional() }),
  output: z.object({ client: clientFields }),
  async target({ environmentId, clientId }, { scalekit }) {
    const client = await findClient(scalekit, environmentId, clientId)
    return uriTarget(client, client.initiateLoginUri || undefined, !client.initiateLoginUri)
  },
  async run({ environmentId, clientId }, { scalekit }) {
    return { client: await writeInitiateLoginUri(scalekit, environmentId, clientId, '') }
  },
})
