import { connections } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool, type ToolContext } from '../../tool.js'
import { organizationTarget } from '../organization-target.js'
import { undoOnFailure } from '../undo-on-failure.js'
import { connectionFields, leftDraft, toConnection } from './connection.js'
import { type OrganizationSettings, organizationSettings, provider, toProvider } from './connection-input.js'
import { settingsChanges } from './connection-target.js'
import {
  isEmpty,
  type OrganizationConnection,
  requireEnough,
  requireSettingsOf,
  switchConnection,
  writeSettings,
} from './organization-settings.js'

export default defineTool({
  name: 'create_organization_connection',
  title: 'Create organization connection',
  description:
    "Create single sign-on for an organization, and get the redirect URI or ACS URL for the identity provider. With settings and enabled, people can sign in at once; without, its administrator completes the draft in the admin portal. add_domain then leads the organization's addresses to it.",
  toolset: 'connections',
  scopes: ['organization:write'],
  effect: 'create',
  input: z.object({
    environmentId,
    organizationId,
    provider,
    type: z.enum(['OIDC', 'SAML']).describe('Protocol.'),
    ...organizationSettings,
    enabled: z.boolean().default(false).describe('Let people sign in through it; needs complete settings.'),
  }),
  output: z.object({ connection: connectionFields }),
  check({ type, provider, enabled, ...settings }) {
    requireSettingsOf(type, settings)
    if (enabled) requireEnough(type, provider, settings)
  },
  async target({ environmentId, organizationId, provider, type, enabled, ...settings }, context) {
    const changes = { Provider: provider, Type: type, ...settingsChanges(settings), Enabled: enabled }
    return organizationTarget({ environmentId, organizationId }, context, changes)
  },
  async run({ environmentId, organizationId, provider, type, enabled, ...settings }, context) {
    const { connection } = await context.scalekit.connections(environmentId).createConnection({
      organizationId,
      connection: { provider: toProvider(provider), type: connections.ConnectionType[type] },
    })
    if (!connection) throw new ToolError('internal', 'Scalekit did not return the connection.')
    // Several steps for the API, one for the caller: when one is refused, no draft stays behind.
    const draft = { environmentId, organizationId, connection }
    const done = await undoOnFailure(
      complete(draft, settings, enabled, context),
      () =>
        context.undo((scalekit) =>
          scalekit.connections(environmentId).deleteConnection({ organizationId, id: connection.id }),
        ),
      leftDraft(connection.id),
    )
    return { connection: toConnection(done) }
  },
})

async function complete(
  draft: OrganizationConnection,
  settings: OrganizationSettings,
  enabled: boolean,
  { scalekit, progress }: ToolContext,
): Promise<connections.Connection> {
  progress(1, 'Created as a draft', 3)
  const connection = isEmpty(settings) ? draft.connection : await writeSettings(scalekit, draft, settings)
  if (!enabled) return connection
  progress(2, 'Enabling it', 3)
  return switchConnection(scalekit, { ...draft, connection }, true)
}
