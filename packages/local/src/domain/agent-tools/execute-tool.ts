import { newId } from '../../storage/ids.js'
import type { NamedAccount } from '../connected-accounts/connected-account-data.js'
import { credentialHeaders } from '../connected-accounts/credentials.js'
import { usableAccount } from '../connected-accounts/usable-account.js'
import { DomainError } from '../domain-error.js'
import type { Store } from '../store.js'
import type { ProvidedTool } from './connector.js'
import { ProviderFailure } from './providers.js'
import { logToolCall } from './tool-call-log.js'
import { ToolFailure } from './tool-failure.js'

/** A call of a tool as one account. Whoever calls has made sure that it may use the account. */
export interface ToolCall {
  readonly account: NamedAccount
  readonly tool: ProvidedTool
  readonly params: Readonly<Record<string, unknown>>
  readonly agentRunId?: string | undefined
  /** Where the call came from. */
  readonly source: 'api' | 'mcp'
}

export interface ToolResult {
  readonly executionId: string
  readonly data: Readonly<Record<string, unknown>>
}

/** The codes of a provider that names none. */
const CODES: Readonly<Record<number, string>> = { 401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 429: 'RATE_LIMITED' }

/**
 * Executes a tool as an account: with valid params, an active account and a token that has not expired, it sends one
 * request to the provider. The log has every call, however it ended.
 * @throws {ToolFailure}
 */
export async function executeTool(store: Store, call: ToolCall): Promise<ToolResult> {
  const { database, clock } = store
  const executionId = newId('exe')
  const began = { at: clock.now(), ticks: performance.now() }
  const log = (failure?: ToolFailure) =>
    logToolCall(database.db, call.account, {
      execution_id: executionId,
      agent_run_id: call.agentRunId || null,
      tool_name: call.tool.name,
      source: call.source,
      status: failure ? 'ERROR' : 'SUCCESS',
      error_tier: failure?.tier ?? '',
      error_code: failure?.code ?? '',
      error_message: failure?.message ?? '',
      duration_ms: Math.round(performance.now() - began.ticks),
      created_at: began.at,
    })
  try {
    const answer = await callProvider(store, call)
    await log()
    return { executionId, data: asObject(answer) }
  } catch (cause) {
    const failure = failureOf(executionId, cause)
    if (failure === undefined) throw cause
    await log(failure)
    throw failure
  }
}

async function callProvider(store: Store, { account: named, tool, params }: ToolCall): Promise<unknown> {
  await store.agentTools.params.check(tool, params)
  const account = await usableAccount(store, named)
  return store.agentTools.providers.call({
    connection: account.connection_id,
    tool: tool.name,
    handler: tool.handler,
    headers: credentialHeaders(account),
    params,
    identifier: account.identifier,
    connectedAccountId: account.id,
  })
}

function failureOf(executionId: string, cause: unknown): ToolFailure | undefined {
  if (cause instanceof ProviderFailure) {
    const { status, code = CODES[status ?? 0] ?? 'EXEC_FAILED' } = cause
    return new ToolFailure({ executionId, tier: 'provider', code, status }, cause.message, cause)
  }
  if (!(cause instanceof DomainError)) return undefined
  const code = cause.code === 'invalid' ? 'INVALID_ARGUMENT' : cause.code.toUpperCase()
  return new ToolFailure({ executionId, tier: 'platform', code, status: undefined }, cause.message, cause)
}

/** The data of an answer is an object always: a list travels as `array`, as with Scalekit. */
function asObject(answer: unknown): Record<string, unknown> {
  if (Array.isArray(answer)) return { array: answer }
  return typeof answer === 'object' && answer !== null ? { ...answer } : { result: answer }
}
