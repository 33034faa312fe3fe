import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Caller } from '@scalekit-mcp/auth'
import type { Bounds, Selection } from './access.js'
import type { RequestAudit } from './audit/request-audit.js'
import { call, type Outcome } from './call.js'
import { isClientAlone } from './client-alone.js'
import type { UsedAnswers } from './confirm.js'
import { endingOf } from './deadline.js'
import type { Docs } from './docs-search/docs.js'
import type { ToolError } from './errors.js'
import type { Idempotency } from './idempotency.js'
import type { RoundSeal, RoundState } from './interaction.js'
import type { PageSeal } from './page-seal.js'
import type { Trail } from './scalekit/call-upstream.js'
import type { ScalekitFor } from './scalekit/connect.js'
import type { ToolContext, ToolDefinition } from './tool.js'

/** Who sent a request, and what its URL selected. The edge puts it beside the request; nothing here outlives it. */
export interface Principal {
  readonly caller: Caller
  readonly selection: Selection
  readonly audit: RequestAudit
  /** Goes with the requests to Scalekit. */
  readonly trail: Trail
  /** Answers the request with 401 in place of its result, while nothing of an answer has been sent. */
  readonly tokenRefused: (error: ToolError) => void
  /** Adds to the request's line in the log. */
  readonly note: (fields: Readonly<Record<string, unknown>>) => void
}

/** What every call of a running server shares. */
export interface CallOptions {
  readonly bounds: Bounds
  /** Environment mode: the only environment. Its id is empty when it is not known. */
  readonly onlyEnvironment?: { readonly id: string }
  readonly seal: RoundSeal
  readonly usedAnswers: UsedAnswers
  readonly idempotency: Idempotency
  readonly pages: PageSeal
  readonly linksInResults: boolean
  /** How long a call has. */
  readonly deadlineMs: number
  readonly scalekit: ScalekitFor
  readonly docs: Docs
  readonly record: (outcome: Outcome, principal: Principal) => void
  /** Who sends the messages where no edge stands before them: over stdio. */
  readonly principal?: () => Principal
}

/** Read from each message, not from the server: in a session of 2025-11-25 the token changes between them. */
export function principalOf(
  { principal: fixed }: Pick<CallOptions, 'principal'>,
  context: ServerContext,
): Principal {
  if (fixed) return fixed()
  const principal = context.http?.authInfo?.extra?.principal as Principal | undefined
  if (!principal) throw new Error('A message reached MCP without a principal.')
  return principal
}

/** The environment that a connection is bound to: by the deployment, or by its URL. */
export function boundEnvironment(
  { onlyEnvironment }: Pick<CallOptions, 'onlyEnvironment'>,
  { environmentId }: Selection,
): { readonly id: string } | undefined {
  return onlyEnvironment ?? (environmentId === undefined ? undefined : { id: environmentId })
}

/** Runs a tool for one message. */
export function callTool(
  options: CallOptions,
  server: Server,
  tool: ToolDefinition,
  args: Readonly<Record<string, unknown>>,
  context: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  const principal = principalOf(options, context)
  const environment = boundEnvironment(options, principal.selection)
  return call({
    tool,
    arguments: args,
    caller: principal.caller,
    selection: principal.selection,
    bounds: options.bounds,
    ...(environment ? { boundEnvironment: environment } : {}),
    idempotency: options.idempotency,
    pages: options.pages,
    linksInResults: options.linksInResults,
    usedAnswers: options.usedAnswers,
    interaction: {
      ...waysToAsk(hasPerson(options, principal) ? capabilitiesOf(server, context) : undefined),
      state: context.mcpReq.requestState<RoundState>(),
      responses: context.mcpReq.inputResponses,
      seal: (state) => options.seal.mint(state, context),
    },
    ending: endingOf(context.mcpReq.signal),
    deadlineMs: options.deadlineMs,
    scalekit: (signal) => options.scalekit(principal.caller, signal, principal.trail),
    docs: options.docs,
    progress: progressOf(context),
    audit: principal.audit,
    record: (outcome) => options.record(outcome, principal),
    tokenRefused: principal.tokenRefused,
  })
}

/** MCP, basic/utilities/progress: only where the request brought a token. A lost report is no failure of the call. */
function progressOf({ mcpReq }: ServerContext): ToolContext['progress'] {
  const progressToken = mcpReq._meta?.progressToken
  if (progressToken === undefined) return () => undefined
  return (progress, message, total) => {
    const params = { progressToken, progress, message, ...(total === undefined ? {} : { total }) }
    void mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined)
  }
}

/** What the client declared: with the request (2026-07-28), or at the start of its session (2025-11-25). */
export function capabilitiesOf(server: Server, { mcpReq }: ServerContext): ClientCapabilities | undefined {
  const envelope = mcpReq.envelope as
    | { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities }
    | undefined
  return envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities()
}

/** A client with its own token has nobody to ask, whatever it declares. Over stdio the operator's own process asks its user. */
function hasPerson({ principal: operator }: CallOptions, { caller }: Principal): boolean {
  return operator !== undefined || !isClientAlone(caller)
}

function waysToAsk(capabilities: ClientCapabilities | undefined): { canAsk: boolean; canOpenUrl: boolean } {
  const elicitation = capabilities?.elicitation
  if (!elicitation) return { canAsk: false, canOpenUrl: false }
  const canOpenUrl = elicitation.url !== undefined
  return { canAsk: elicitation.form !== undefined || !canOpenUrl, canOpenUrl }
}
