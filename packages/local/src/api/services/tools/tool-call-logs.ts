import type { MessageInitShape } from '@bufbuild/protobuf'
import { type Timestamp, timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt'
import type { ServiceImpl } from '@connectrpc/connect'
import type { AgentkitAnalyticsService, AgentkitLogsService, agentkitAnalytics } from '@scalekit-mcp/api'
import { findToolCall, toolCalls } from '../../../domain/agent-tools/tool-call-log.js'
import type { Store } from '../../../domain/store.js'
import type { ToolCallRow } from '../../../storage/registry-schema.js'
import { toToolCallLog } from '../../messages/tool-message.js'
import { fetchList, readPage } from '../../page.js'
import { environmentOf } from '../../request-context.js'

const HOUR_SECONDS = 3600
const DAY_SECONDS = 24 * HOUR_SECONDS
/** From which span on the time series has days and no longer hours. */
const DAYS_FROM_MS = 3 * DAY_SECONDS * 1000
const TOP_CODES = 10

export function toolCallLogHandlers({ database }: Store): Partial<ServiceImpl<typeof AgentkitLogsService>> {
  return {
    async listToolCallLogs(request, context) {
      const environment = environmentOf(context)
      const filter = {
        ...{ from: ms(request.startTime), to: ms(request.endTime) },
        ...{ statuses: request.status, providers: request.provider },
        ...{ connectionId: request.connectionId, connectionName: request.connectionName },
        ...{ accountId: request.connectedAccountId, identifier: request.identifier },
        agentRunId: request.agentRunId,
      }
      const page = readPage(['tool calls', environment, JSON.stringify(filter)], request)
      const calls = toolCalls(database.db, environment, filter)
      const { rows, tokens } = await fetchList(page, calls.selectAll(), 'id')
      return { ...tokens, totalSize: BigInt(tokens.totalSize), toolCallLogs: rows.map(toToolCallLog) }
    },

    async getToolCallLog({ executionId }, context) {
      return toToolCallLog(await findToolCall(database.db, environmentOf(context), executionId))
    },
  }
}

export function toolCallStatsHandlers({
  database,
}: Store): Partial<ServiceImpl<typeof AgentkitAnalyticsService>> {
  return {
    async getOverviewStats(request, context) {
      const filter = {
        ...{ from: ms(request.startTime), to: ms(request.endTime) },
        ...{ statuses: request.status, providers: request.provider, errorCodes: request.errorCode },
        connectionName: request.connectionName,
      }
      const calls = await toolCalls(database.db, environmentOf(context), filter).selectAll().execute()
      const seconds = (filter.to ?? 0) - (filter.from ?? 0) >= DAYS_FROM_MS ? DAY_SECONDS : HOUR_SECONDS
      const errors = calls.filter(({ error_code }) => error_code !== '')
      const byCode = [...groupBy(errors, ({ error_code }) => error_code)]
        .map(([errorCode, found]) => ({ errorCode, count: BigInt(found.length) }))
        .sort((a, b) => Number(b.count - a.count))
      const byProvider = groupBy(calls, ({ provider }) => provider)
      const byTime = groupBy(calls, ({ created_at }) => Math.floor(created_at / 1000 / seconds) * seconds)
      return {
        ...figures(calls),
        topErrorCodes: byCode.slice(0, TOP_CODES),
        connectorBreakdown: [...byProvider].map(([provider, found]) => ({ provider, ...figures(found) })),
        timeSeries: [...byTime]
          .sort(([a], [b]) => a - b)
          .map(([second, found]) => ({
            bucket: timestampFromMs(second * 1000),
            bucketDurationSeconds: BigInt(seconds),
            ...figures(found),
          })),
      } satisfies MessageInitShape<typeof agentkitAnalytics.OverviewStatsSchema>
    },
  }
}

function figures(calls: readonly ToolCallRow[]) {
  const count = (test: (call: ToolCallRow) => boolean) => BigInt(calls.filter(test).length)
  return {
    total: BigInt(calls.length),
    success: count(({ status }) => status === 'SUCCESS'),
    errors: count(({ status }) => status !== 'SUCCESS'),
    providerErrors: count(({ error_tier }) => error_tier === 'provider'),
    platformErrors: count(({ error_tier }) => error_tier === 'platform'),
  }
}

function groupBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}

const ms = (time: Timestamp | undefined) => time && timestampMs(time)
