import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import {
  AgentkitAnalyticsService,
  AgentkitLogsService,
  ConnectedAccountService,
  EventsService,
  ToolService,
} from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { ACME } from '../local.js'
import { type Observation, under } from './observation.js'

const { listTools, listScopedTools, listAvailableTools, executeTool } = ToolService.method
const BEN = 'usr_100000000000000102'
const GMAIL = 'conn_100000000000000003'
const DEFAULT = 'ca_100000000000000002'
const MINE = 'c-apifymcp_fetch-apify-docs'
const past = timestampFromMs(Date.now() - 3_600_000)
const future = timestampFromMs(Date.now() + 3_600_000)

/** The account of somebody at a custom MCP server, by a token. */
const account = {
  authorizationDetails: {
    details: { case: 'staticAuth' as const, value: { details: { token: 'theirs' } } },
  },
}

/** What agents can call, calls, and their log. */
export const toolFields: readonly Observation[] = [
  {
    seen: 'in which events of connected accounts are listed',
    fields: [EventsService.method.listEvents, EventsService.method.listEventsPaginated].map(
      (method) => [method, ...under('filter', 'connection_id', 'connected_account_id')] as const,
    ),
    async observe({ wire }) {
      const api = wire.client(EventsService)
      for (const connector of ['gmail', 'slack']) {
        const accounts = wire.client(ConnectedAccountService)
        await accounts.createConnectedAccount({ connector, identifier: BEN, connectedAccount: {} })
      }
      for (const list of [api.listEvents, api.listEventsPaginated] as const) {
        const [, first] = (await list({})).events
        const accountOf = async (filter: object) =>
          (await list({ filter })).events.map(({ data }) => data?.id)
        expect(await accountOf({ connectionId: GMAIL })).toEqual([first?.data?.id])
        expect(await accountOf({ connectedAccountId: String(first?.data?.id) })).toEqual([first?.data?.id])
        expect(await accountOf({ connectedAccountId: DEFAULT })).toEqual([])
      }
    },
  },
  {
    seen: 'in which tools are listed',
    fields: [
      [
        listTools,
        ...under('filter', 'summary', 'provider', 'tool_name', 'query', 'connector', 'identifier'),
        ...under('filter', 'organization_id', 'user_id', 'connected_account_id'),
      ],
      [listScopedTools, 'identifier', ...under('filter', 'providers', 'tool_names', 'connection_names')],
      [listAvailableTools, 'identifier'],
    ],
    async observe({ wire }) {
      const api = wire.client(ToolService)
      const accounts = wire.client(ConnectedAccountService)
      const whose = { connector: 'apifymcp', organizationId: ACME, userId: BEN }
      const made = await accounts.createConnectedAccount({ ...whose, connectedAccount: account })
      const names = async (filter: object) =>
        (await api.listTools({ filter: { summary: true, ...filter }, pageSize: 100 })).toolNames
      expect(await names({})).not.toContain(MINE)
      for (const by of [
        whose,
        { connector: 'apifymcp', userId: BEN },
        { connector: 'apifymcp', identifier: 'default' },
        { connectedAccountId: made.connectedAccount?.id ?? '' },
      ])
        expect(await names(by)).toContain(MINE)
      expect(await names({ provider: 'EXA' })).toHaveLength(4)
      expect(await names({ toolName: ['exa_search'] })).toEqual(['exa_search'])
      expect(await names({ query: 'draft' })).toEqual(['gmail_create_draft'])
      const scoped = async (identifier: string, filter: object) =>
        (await api.listScopedTools({ identifier, filter })).tools.map(({ tool }) => tool?.definition?.name)
      expect(await scoped('default', { connectionNames: ['apifymcp'] })).toEqual([MINE])
      expect(await scoped('default', { toolNames: ['exa_search'] })).toEqual(['exa_search'])
      expect(await scoped('default', { providers: ['EXA'] })).toHaveLength(4)
      expect(await scoped(BEN, {})).toEqual([MINE])
      expect((await api.listAvailableTools({ identifier: BEN })).tools.length).toBeGreaterThan(1)
    },
  },
  {
    seen: 'in which account calls which tool, and in the log',
    fields: [
      [
        executeTool,
        ...['tool_name', 'params', 'identifier', 'connector', 'connected_account_id'],
        ...['organization_id', 'user_id', 'agent_run_id'],
      ],
      [
        AgentkitLogsService.method.listToolCallLogs,
        ...['start_time', 'end_time', 'status', 'provider', 'connection_id', 'connected_account_id'],
        ...['identifier', 'agent_run_id', 'connection_name', 'page_size', 'page_token'],
      ],
      [
        AgentkitAnalyticsService.method.getOverviewStats,
        ...['start_time', 'end_time', 'provider', 'status', 'error_code', 'connection_name'],
      ],
    ],
    async observe({ wire }) {
      const api = wire.client(ToolService)
      const whose = { connector: 'apifymcp', organizationId: ACME, userId: BEN }
      await wire
        .client(ConnectedAccountService)
        .createConnectedAccount({ ...whose, connectedAccount: account })
      const params = { url: 'https://docs.example/' }
      const mine = await api.executeTool({ toolName: MINE, params, ...whose, agentRunId: 'run-1' })
      expect(mine.data).toEqual({ result: '# Apify', ...params })
      await api.executeTool({ toolName: 'gmail_list_labels', connectedAccountId: DEFAULT })
      await api.executeTool({ toolName: 'gmail_list_labels', connector: 'gmail', identifier: 'default' })
      const logs = wire.client(AgentkitLogsService)
      const count = async (filter: object) => Number((await logs.listToolCallLogs(filter)).totalSize)
      expect(await count({ startTime: past, endTime: future })).toBe(3)
      for (const filter of [
        { connectionName: 'apifymcp' },
        { agentRunId: 'run-1' },
        { identifier: BEN },
        { provider: ['c-apifymcp'] },
      ])
        expect(await count(filter)).toBe(1)
      expect(await count({ connectionId: GMAIL, connectedAccountId: DEFAULT, status: ['SUCCESS'] })).toBe(2)
      expect(await count({ status: ['ERROR'] })).toBe(0)
      expect(await count({ startTime: future })).toBe(0)
      expect(await count({ endTime: past })).toBe(0)
      const page = await logs.listToolCallLogs({ pageSize: 2 })
      const rest = await logs.listToolCallLogs({ pageSize: 2, pageToken: page.nextPageToken })
      expect(rest.toolCallLogs).toMatchObject([{ executionId: mine.executionId, agentRunId: 'run-1' }])
      const stats = wire.client(AgentkitAnalyticsService)
      const total = async (filter: object) =>
        Number((await stats.getOverviewStats({ startTime: past, endTime: future, ...filter })).total)
      expect(await total({})).toBe(3)
      expect(await total({ connectionName: 'gmail', provider: ['GMAIL'], status: ['SUCCESS'] })).toBe(2)
      expect(await total({ errorCode: ['RATE_LIMITED'] })).toBe(0)
    },
  },
]
