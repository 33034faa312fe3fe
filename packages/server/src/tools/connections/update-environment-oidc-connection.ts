import * as z from 'zod'
import { connectionId, environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { requireChange } from '../require-change.js'
import { connectionFields, toConnection, unchangedConnection } from './connection.js'
import { keyId, oidcConfigMembers, oidcSettings, provider } from './connection-input.js'
import { oidcChanges, targetOf } from './connection-target.js'
import { readConnection, writeOidcSettings } from './connections-of.js'

export default defineTool({
  name: 'update_environment_oidc_connection',
  title: 'Update environment OIDC connection',
  description:
    'Change an OIDC connection of the environment; for one of an organization use update_connection. What is left out stays; a connection that is no longer complete is disabled.',
  toolset: 'connections',
  scopes: ['environment:write'],
  effect: 'update',
  aliases: { connection_id: 'connectionId', key_id: 'keyId', oidc_config: oidcConfigMembers },
  input: z.object({
    environmentId,
    connectionId,
    provider: provider.optional(),
    keyId: keyId.optional(),
    ...oidcSettings,
  }),
  output: z.object({ connection: connectionFields }),
  check: (args) => requireChange(args, ['provider', 'keyId', ...Object.keys(oidcSettings)]),
  async target({ environmentId, connectionId, provider, keyId, ...settings }, context) {
    const connection = await readConnection(context.scalekit, { environmentId, connectionId })
    return {
      ...targetOf(connection),
      changes: { Provider: provider, Name: keyId, ...oidcChanges(settings) },
      already: unchangedConnection(connection, { provider, keyId, ...settings }),
    }
  },
  async run({ environmentId, connectionId, ...changes }, { scalekit }) {
    const connection = await readConnection(scalekit, { environmentId, connectionId })
    const changed = await writeOidcSettings(scalekit, connection, environmentId, changes)
    return { connection: toConnection(changed) }
  },
})
