import { connectedAccounts } from '@scalekit-mcp/api'
import * as z from 'zod'
import { environmentId, nextPageToken, pageSizeBetween, pageToken, text } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { time, toTime } from '../times.js'

export default defineTool({
  name: 'list_connected_accounts',
  title: 'List connected accounts',
  description:
    'List the accounts that users connected for agents (such as mail or calendar), with their state.',
  toolset: 'connections',
  scopes: ['environment:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    provider: text(50).optional().describe('Only this provider, like GMAIL.'),
    connector: connectorName().optional(),
    identifier: text(100).optional().describe('The user, as the application names it.'),
    // The API takes fewer than 100.
    pageSize: pageSizeBetween(1, 99).describe('Items per page, at most 99.'),
    pageToken,
  }),
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        identifier: z.string(),
        provider: z.string(),
        connector: z.string().optional(),
        status: z.string().describe('ACTIVE, EXPIRED, PENDING_AUTH, PENDING_VERIFICATION or DISCONNECTED.'),
        tokenExpiresAt: time,
        lastUsedAt: time,
        updatedAt: time,
      }),
    ),
    nextPageToken,
  }),
  async run({ environmentId, ...filter }, { scalekit }) {
    const page = await scalekit.connectedAccounts(environmentId).listConnectedAccounts(filter)
    return {
      items: page.connectedAccounts.map((account) => ({
        id: account.id,
        identifier: account.identifier,
        provider: account.provider,
        connector: account.connector || undefined,
        status: connectedAccounts.ConnectorStatus[account.status] ?? 'UNKNOWN',
        tokenExpiresAt: toTime(account.tokenExpiresAt),
        lastUsedAt: toTime(account.lastUsedAt),
        updatedAt: toTime(account.updatedAt),
      })),
      nextPageToken: page.nextPageToken || undefined,
    }
  },
})

/** The rule of the API for names of connections. */
function connectorName() {
  return z
    .string()
    .max(400)
    .regex(/^[a-zA-Z0-9_: -]+$/, 'letters, digits, spaces, _, : and -')
    .describe('Name of the connection.')
}
