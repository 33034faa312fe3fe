import type { JsonObject } from '@bufbuild/protobuf'
import type { ServiceImpl } from '@connectrpc/connect'
import type { ToolService, tools } from '@scalekit-mcp/api'
import { accountForCall, providerOf } from '../../../domain/agent-tools/account-for-call.js'
import { isCustomMcp } from '../../../domain/agent-tools/connector.js'
import { executeTool } from '../../../domain/agent-tools/execute-tool.js'
import {
  accountsOf,
  findAccount,
  type NamedAccount,
  withConnection,
} from '../../../domain/connected-accounts/connected-account-data.js'
import { connectionData } from '../../../domain/connections/connection-data.js'
import { notFound } from '../../../domain/domain-error.js'
import type { Store } from '../../../domain/store.js'
import { toTool } from '../../messages/tool-message.js'
import { type PageRequest, pageOf, readPage } from '../../page.js'
import { environmentOf } from '../../request-context.js'

/** Source: the example of a page token in Scalekit's API description. */
const DEFAULT_SIZE = 30

/** The tools of connectors: what there is, what a user can use, and calls. */
export function toolHandlers(store: Store): Partial<ServiceImpl<typeof ToolService>> {
  const { database, agentTools } = store
  return {
    async listTools(request, context) {
      const environment = environmentOf(context)
      const filter = request.filter
      const { provider = '', toolName = [], query = '' } = filter ?? {}
      const summary = filter?.summary ?? false
      const { tools, versions } = await agentTools.catalogue.of(environment)
      const account = await accountIn(environment, filter)
      const text = query.toLowerCase()
      // The versions of a tool have one name.
      const found = (summary ? tools : versions)
        .filter((tool) => !isCustomMcp(tool.provider) || (account && providerOf(account) === tool.provider))
        .filter((tool) => !provider || tool.provider === provider)
        .filter((tool) => toolName.length === 0 || toolName.includes(tool.name))
        .filter(({ name, description }) => `${name}\n${description}`.toLowerCase().includes(text))
      const list = [
        'tools',
        environment,
        provider,
        toolName.join(),
        query,
        account?.id ?? '',
        String(summary),
      ]
      const { rows, tokens } = pageInOrder(list, request, found)
      return {
        ...tokens,
        toolNames: summary ? rows.map(({ name }) => name) : [],
        tools: summary ? [] : rows.map(toTool),
      }
    },

    /** What an application offers a model: the tools of the accounts that the user has connected. */
    async listScopedTools(request, context) {
      const environment = environmentOf(context)
      const { identifier } = request
      const { providers = [], toolNames = [], connectionNames = [] } = request.filter ?? {}
      const { tools } = await agentTools.catalogue.of(environment)
      const accounts = (await accountsNamed(environment, identifier))
        .filter(({ status }) => status === 'ACTIVE')
        .filter((account) => providers.length === 0 || providers.includes(providerOf(account)))
        .filter(({ connector }) => connectionNames.length === 0 || connectionNames.includes(connector))
      const found = accounts.flatMap((account) =>
        tools
          .filter(({ provider }) => provider === providerOf(account))
          .filter(({ name }) => toolNames.length === 0 || toolNames.includes(name))
          .map((tool) => ({ account, tool })),
      )
      const list = [
        'scoped tools',
        environment,
        identifier,
        JSON.stringify([providers, toolNames, connectionNames]),
      ]
      const { rows, tokens } = pageInOrder(list, request, found)
      return {
        ...tokens,
        tools: rows.map(({ account, tool }) => ({
          tool: toTool(tool),
          identifier,
          connectedAccountId: account.id,
        })),
      }
    },

    /** What a user could use: the tools of every connection that is enabled. */
    async listAvailableTools(request, context) {
      const environment = environmentOf(context)
      const { identifier } = request
      if ((await accountsNamed(environment, identifier)).length === 0)
        throw notFound(`There is no connected account of ${identifier}`)
      const connections = await database.db
        .selectFrom('connections')
        .selectAll()
        .where('environment_id', '=', environment)
        .where('organization_id', 'is', null)
        .where('enabled', '=', 1)
        .execute()
      const providers = connections
        .map(connectionData)
        .filter(({ is_app }) => is_app)
        .map(({ provider_key }) => provider_key)
      const { tools } = await agentTools.catalogue.of(environment)
      const found = tools.filter(({ provider }) => providers.includes(provider))
      const { rows, tokens } = pageInOrder(['available tools', environment, identifier], request, found)
      return { ...tokens, tools: rows.map(toTool) }
    },

    async executeTool(request, context) {
      const environment = environmentOf(context)
      const tool = (await agentTools.catalogue.of(environment)).tool(request.toolName)
      if (tool === undefined) throw notFound(`tool not found: there is no tool named ${request.toolName}`)
      const account = await accountForCall(database.db, environment, tool, selectorOf(request))
      const { params = {}, agentRunId } = request
      const call = { account, tool, params, agentRunId, source: 'api' } as const
      const { data, executionId } = await executeTool(store, call)
      return { data: data as JsonObject, executionId }
    },
  }

  /** The account whose own tools a list has too. */
  async function accountIn(
    environment: string,
    filter: tools.Filter | undefined,
  ): Promise<NamedAccount | undefined> {
    const by = filter && selectorOf(filter)
    const whose = by?.identifier || by?.userId || by?.organizationId
    if (!by || !(by.id || (by.connector && whose))) return undefined
    return findAccount(database.db, environment, by)
  }

  function accountsNamed(environment: string, identifier: string): Promise<NamedAccount[]> {
    return withConnection(accountsOf(database.db, environment))
      .where('connected_accounts.identifier', '=', identifier)
      .orderBy('connected_accounts.id')
      .execute()
  }
}

type Selecting = Pick<
  tools.ExecuteToolRequest,
  'connectedAccountId' | 'connector' | 'identifier' | 'organizationId' | 'userId'
>

const selectorOf = ({ connectedAccountId: id, ...by }: Partial<Selecting>) => ({
  id,
  connector: by.connector,
  identifier: by.identifier,
  organizationId: by.organizationId,
  userId: by.userId,
})

/** A page of a list that has an order of its own: pages go by the place in it. */
function pageInOrder<Row>(list: readonly string[], request: PageRequest, rows: readonly Row[]) {
  const page = readPage(list, { ...request, pageSize: request.pageSize || DEFAULT_SIZE })
  const placed = rows.map((row, place) => ({ id: String(1_000_000 - place).padStart(7, '0'), row }))
  const { rows: found, tokens } = pageOf(page, placed)
  return { rows: found.map(({ row }) => row), tokens }
}
