import type { Kysely } from 'kysely'
import { newId } from '../../storage/ids.js'
import type { ToolCallRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import type { NamedAccount } from '../connected-accounts/connected-account-data.js'
import { connectionData } from '../connections/connection-data.js'
import { notFound } from '../domain-error.js'

/** What the log has about a call in addition to its account. Never params, answers or credentials. */
export type LoggedCall = Pick<
  ToolCallRow,
  'execution_id' | 'agent_run_id' | 'tool_name' | 'source' | 'status' | 'duration_ms' | 'created_at'
> &
  Pick<ToolCallRow, 'error_tier' | 'error_code' | 'error_message'>

export async function logToolCall(
  db: Kysely<Schema>,
  account: NamedAccount,
  call: LoggedCall,
): Promise<void> {
  const row: ToolCallRow = {
    ...call,
    id: newId('tcl'),
    environment_id: account.environment_id,
    provider: connectionData({ data: account.connection_data }).provider_key,
    connected_account_id: account.id,
    connection_id: account.connection_id,
    connection_name: account.connector,
    identifier: account.identifier,
    user_id: account.user_id,
    organization_id: account.organization_id,
  }
  await db.insertInto('tool_calls').values(row).execute()
}

export interface CallFilter {
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly statuses?: readonly string[]
  readonly providers?: readonly string[]
  readonly errorCodes?: readonly string[]
  readonly connectionId?: string | undefined
  readonly connectionName?: string | undefined
  readonly accountId?: string | undefined
  readonly identifier?: string | undefined
  readonly agentRunId?: string | undefined
}

/** The calls of an environment. Statuses are compared without case. */
export function toolCalls(db: Kysely<Schema>, environment: string, filter: CallFilter) {
  const { from, to, statuses = [], providers = [], errorCodes = [] } = filter
  let query = db.selectFrom('tool_calls').where('environment_id', '=', environment)
  if (from !== undefined) query = query.where('created_at', '>=', from)
  if (to !== undefined) query = query.where('created_at', '<=', to)
  if (statuses.length > 0)
    query = query.where(
      'status',
      'in',
      statuses.map((status) => status.toUpperCase()),
    )
  if (providers.length > 0) query = query.where('provider', 'in', providers)
  if (errorCodes.length > 0) query = query.where('error_code', 'in', errorCodes)
  if (filter.connectionId) query = query.where('connection_id', '=', filter.connectionId)
  if (filter.connectionName) query = query.where('connection_name', '=', filter.connectionName)
  if (filter.accountId) query = query.where('connected_account_id', '=', filter.accountId)
  if (filter.identifier) query = query.where('identifier', '=', filter.identifier)
  if (filter.agentRunId) query = query.where('agent_run_id', '=', filter.agentRunId)
  return query
}

/** @throws {DomainError} `not_found` */
export async function findToolCall(
  db: Kysely<Schema>,
  environment: string,
  executionId: string,
): Promise<ToolCallRow> {
  const row = await toolCalls(db, environment, {})
    .selectAll()
    .where('execution_id', '=', executionId)
    .executeTakeFirst()
  if (row) return row
  throw notFound(`There is no tool call ${JSON.stringify(executionId)} in this environment`)
}
