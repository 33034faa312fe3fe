import { connections } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { connectionId, environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { requireChange } from '../require-change.js'
import { connectionFields, toConnection, unchangedConnection } from './connection.js'
import { organizationSettings, provider } from './connection-input.js'
import { settingsChanges, targetOf } from './connection-target.js'
import { readConnection } from './connections-of.js'
import {
  isEmpty,
  requireComplete,
  requireSettingsOf,
  switchConnection,
  writeSettings,
} from './organization-settings.js'

export default defineTool({
  name: 'update_connection',
  title: 'Update connection',
  description:
    "Change, enable or disable an organization's connection (OIDC or SAML). What is left out stays; a connection that is no longer complete is disabled.",
  toolset: 'connections',
  scopes: ['organization:write'],
  effect: 'update',
  input: z.object({
    environmentId,
    organizationId,
    connectionId,
    provider: provider.optional(),
    ...organizationSettings,
    enabled: z.boolean().optional().describe('Whether people can sign in through it.'),
  }),
  output: z.object({ connection: connectionFields }),
  check: (args) => requireChange(args, ['provider', 'enabled', ...Object.keys(organizationSettings)]),
  async target({ environmentId, organizationId, connectionId, provider, enabled, ...settings }, context) {
    const which = { environmentId, organizationId, connectionId }
    const connection = await readConnection(context.scalekit, which)
    requireSettingsOf(typeOf(connection), settings)
    if (enabled && isEmpty(settings)) requireComplete(connection)
    return {
      ...targetOf(connection),
      changes: { Provider: provider, ...settingsChanges(settings), Enabled: enabled },
      already: unchangedConnection(connection, { provider, enabled, ...settings }),
    }
  },
  async run(args, { scalekit, progress }) {
    const { environmentId, organizationId, connectionId, provider, enabled, ...settings } = args
    const which = { environmentId, organizationId }
    const before = await readConnection(scalekit, { ...which, connectionId })
    requireSettingsOf(typeOf(before), settings)
    const after =
      provider || !isEmpty(settings)
        ? await writeSettings(scalekit, { ...which, connection: before }, settings, provider)
        : before
    if (enabled === undefined || enabled === after.enabled) return { connection: toConnection(after) }
    progress(1, enabled ? 'Enabling it' : 'Disabling it', 2)
    const switched = await switchConnection(scalekit, { ...which, connection: after }, enabled)
    return { connection: toConnection(switched) }
  },
})

/** @throws ToolError `precondition_failed` for a connection without settings that this tool knows */
function typeOf({ type }: connections.Connection): 'OIDC' | 'SAML' {
  if (type === connections.ConnectionType.OIDC) return 'OIDC'
  if (type === connections.ConnectionType.SAML) return 'SAML'
  throw new ToolError('precondition_failed', 'Only OIDC and SAML connections can be changed here.', {
    nextStep: 'Create an OIDC or SAML connection with create_organization_connection.',
  })
}
