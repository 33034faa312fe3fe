import { connections } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { undoOnFailure } from '../undo-on-failure.js'
import { connectionFields, leftDraft, toConnection } from './connection.js'
import { keyId, oidcConfigMembers, oidcSettings, provider, toProvider } from './connection-input.js'
import { oidcChanges } from './connection-target.js'
import { writeOidcSettings } from './connections-of.js'

export default defineTool({
  name: 'create_environment_oidc_connection',
  title: 'Create environment OIDC connection',
  description:
    'Create an OIDC connection of the environment: a draft until discoveryEndpoint or issuer, clientId and clientSecret are set.',
  toolset: 'connections',
  scopes: ['environment:write'],
  effect: 'create',
  aliases: { key_id: 'keyId', oidc_config: oidcConfigMembers },
  input: z.object({
    environmentId,
    provider,
    keyId: keyId.optional(),
    ...oidcSettings,
  }),
  output: z.object({ connection: connectionFields }),
  async target({ environmentId, provider, keyId, ...settings }) {
    return {
      name: keyId ?? provider,
      changes: { Provider: provider, ...oidcChanges(settings) },
    }
  },
  async existing({ environmentId, keyId }, { scalekit }) {
    const { connections } = await scalekit.connections(environmentId).listConnections({ include: 'all' })
    return connections.find((each) => each.keyId === keyId)?.id
  },
  async run({ environmentId, provider, keyId, ...settings }, { scalekit, progress, undo }) {
    const { connection } = await scalekit.connections(environmentId).createEnvironmentConnection({
      connection: { provider: toProvider(provider), type: connections.ConnectionType.OIDC, keyId },
      flags: { isLogin: true, isApp: false },
    })
    if (!connection) throw new ToolError('internal', 'Scalekit did not return the connection.')
    if (Object.keys(settings).length === 0) return { connection: toConnection(connection) }
    progress(1, 'Created as a draft', 2)
    // Two steps for the API, one for the caller: when the settings are refused, no draft stays behind.
    const done = await undoOnFailure(
      writeOidcSettings(scalekit, connection, environmentId, settings),
      () =>
        undo((scalekit) =>
          scalekit.connections(environmentId).deleteEnvironmentConnection({ connectionId: connection.id }),
        ),
      leftDraft(connection.id),
    )
    return { connection: toConnection(done) }
  },
})
