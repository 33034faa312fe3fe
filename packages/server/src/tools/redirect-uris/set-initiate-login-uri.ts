import * as z from 'zod'
import { clientId, environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { findClient } from '../find-client.js'
import { clientFields, uriTarget } from './client.js'
import { initiateLoginUri, requireAllowedIn } from './redirect-uri.js'
import { writeInitiateLoginUri } from './write-initiate-login-uri.js'

export default defineTool({
  name: 'set_initiate_login_uri',
  title: 'Set initiate login URI',
  description:
    'Set the page of an app where a sign-in begins that did not start in the app, such as from an invitation or an IdP.',
  toolset: 'redirect-uris',
  scopes: ['environment:write'],
  effect: 'update',
  input: z.object({ environmentId, uri: initiateLoginUri, clientId: clientId.optional() }),
  output: z.object({ client: clientFields }),
  async target({ environmentId, uri, clientId }, { scalekit }) {
    await requireAllowedIn(environmentId, uri, scalekit)
    const client = await findClient(scalekit, environmentId, clientId)
    return uriTarget(client, uri, client.initiateLoginUri === uri)
  },
  async run({ environmentId, uri, clientId }, { scalekit }) {
    await requireAllowedIn(environmentId, uri, scalekit)
    return { client: await writeInitiateLoginUri(scalekit, environmentId, clientId, uri) }
  },
})
