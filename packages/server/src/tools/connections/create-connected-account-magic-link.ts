import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, text } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { time, toTime } from '../times.js'

export default defineTool({
  name: 'create_connected_account_magic_link',
  title: 'Create connected account link',
  description:
    'Create a link with which a user connects an account for agents, or renews it. An account that is not listed yet is created. A person gets the link, not the conversation.',
  toolset: 'connections',
  scopes: ['environment:write'],
  effect: 'create',
  reveals: { kind: 'link', message: 'Connect the account: sign in at the service and allow access.' },
  input: z.object({
    environmentId,
    connector: z
      .string()
      .max(400)
      .regex(/^[a-zA-Z0-9_: -]+$/, 'letters, digits, spaces, _, : and -')
      .describe('Name of the connection, like gmail.'),
    identifier: text(100).describe('The user, as the application names it.'),
  }),
  output: z.object({ expiresAt: time }),
  precondition: 'This connection needs no authorization, so there is nothing to link.',
  async target({ environmentId, connector, identifier }, { scalekit, ifAllowed }) {
    const accounts = scalekit.connectedAccounts(environmentId)
    const listed = await ifAllowed(accounts.listConnectedAccounts({ connector, identifier, pageSize: 1 }))
    if (!listed || listed.connectedAccounts.length > 0) {
      return { name: identifier, changes: { Connection: connector } }
    }
    const search = connector.length < 3 ? {} : { query: connector.slice(0, 100) }
    const api = scalekit.connections(environmentId)
    const found = await ifAllowed(api.listAppConnections({ ...search, pageSize: 30 }))
    const isNamed = ({ keyId }: { readonly keyId: string }) => keyId.toLowerCase() === connector.toLowerCase()
    if (found && !found.nextPageToken && !found.connections.some(isNamed)) {
      throw new ToolError(
        'not_found',
        `connector: ${environmentId} has no connection ${connector} for agents.`,
        {
          nextStep: 'Check the name with list_connected_accounts, or in the dashboard of Scalekit.',
          details: { argument: 'connector' },
        },
      )
    }
    return { name: identifier, changes: { Connection: connector, Account: 'new' } }
  },
  async run({ environmentId, connector, identifier }, { scalekit }) {
    const { link, expiry } = await scalekit
      .connectedAccounts(environmentId)
      .getMagicLinkForConnectedAccount({ connector, identifier })
    if (!link) throw new ToolError('internal', 'Scalekit did not return the link.')
    const expiresAt = toTime(expiry)
    return { expiresAt, revealed: [{ label: 'Link to connect the account', value: link, expiresAt }] }
  },
})
