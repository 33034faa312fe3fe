import type { CallToolResult, ClientCapabilities, InputRequiredResult } from '@modelcontextprotocol/server'
import type { Caller } from '@scalekit-mcp/auth'
import type { RequestAudit } from '../audit/request-audit.js'
import type { AdministratorRule } from '../config/administrator-rule.js'
import type { Timeouts } from '../config/timeouts.js'
import type { Docs } from '../docs-search/docs.js'
import type { ToolError } from '../errors.js'
import type { Redact } from '../observe/redact.js'
import type { Trail } from '../scalekit/call-upstream.js'
import type { ScalekitFor } from '../scalekit/connect.js'
import type { KeyValue } from '../shared/key-value.js'
import type { ToolDefinition } from '../tool.js'
import { type Bounds, type Decision, decide, type Selection } from './access.js'
import { type Call, call, type Outcome, renderError } from './call.js'
import { isClientAlone } from './client-alone.js'
import { connectionOf } from './connection-of.js'
import type { Idempotency } from './idempotency.js'
import type { HandOffs } from './interaction/hand-offs.js'
import type { AtPage, RoundSeal, RoundState } from './interaction/interaction.js'
import type { PageSeal } from './page-seal.js'

/** Who sent a request, and what its URL selected. The edge puts it beside the request; nothing here outlives it. */
export interface Principal {
  readonly caller: Caller
  readonly selection: Selection
  /** What was decided about the tool of the message before MCP. Any other tool is decided about where it is called. */
  readonly decided?: { readonly tool: ToolDefinition; readonly decision: Decision }
  readonly audit: RequestAudit
  /** Goes with the requests to Scalekit. */
  readonly trail: Trail
  /** Answers the request with 401 in place of its result, while nothing of an answer has been sent. */
  readonly tokenRefused: (error: ToolError) => void
  /** Whether the caller may still make the call, asked again after a person took time. @throws ToolError */
  readonly recheck: () => Promise<void>
  /** Adds to the request's line in the log. */
  readonly note: (fields: Readonly<Record<string, unknown>>) => void
  /** The call goes on while a person is asked, until what this returns is called. */
  readonly asks: () => () => void
}

/** What every call of a running server shares. */
export interface CallOptions {
  readonly bounds: Bounds
  /** Environment mode: the only environment. Its id is empty when it is not known. */
  readonly onlyEnvironment?: { readonly id: string }
  /** Environment mode: who administers it. */
  readonly administrators?: AdministratorRule
  readonly seal: RoundSeal
  readonly kept: KeyValue
  readonly handOffs: HandOffs
  readonly idempotency: Idempotency
  readonly pages: PageSeal
  /** How long a call has, and how long it waits for a person where that is what it is for. */
  readonly timeouts: Pick<Timeouts, 'call' | 'wait'>
  readonly scalekit: ScalekitFor
  readonly docs: Docs
  readonly redact: Redact
  readonly record: (outcome: Outcome, principal: Principal) => void
  /** Who sends the messages where no edge stands before them: over stdio. */
  readonly principal?: () => Principal
}

/** The environment that a connection is bound to: by the deployment, or by its URL. */
export function boundEnvironment(
  { onlyEnvironment }: Pick<CallOptions, 'onlyEnvironment'>,
  { environmentId }: Selection,
): { readonly id: string } | undefined {
  return onlyEnvironment ?? (environmentId === undefined ? undefined : { id: environmentId })
}

/** A call as one message asks for it, whichever way it came. */
export interface ToolRequest extends Pick<Call, 'tool' | 'arguments' | 'ending' | 'progress'> {
  /** What the client declared; undefined where nothing says it. */
  readonly capabilities: ClientCapabilities | undefined
  /** What was sealed in the round before, verified. */
  readonly state: RoundState | undefined
  /** What the person answered. */
  readonly responses: Record<string, unknown> | undefined
  /** Set where the person makes the call at a page of this server. */
  readonly atPage?: AtPage
}

/** Runs a tool for one message. */
export async function callTool(
  options: CallOptions,
  principal: Principal,
  request: ToolRequest,
): Promise<CallToolResult | InputRequiredResult> {
  if (!request.tool.waitsForPerson) return call(callOf(options, principal, request))
  const answered = principal.asks()
  return call(callOf(options, principal, request)).finally(answered)
}

/** A call with everything that it needs. */
export function callOf(options: CallOptions, principal: Principal, request: ToolRequest): Call {
  const { caller, selection, decided, trail, audit, tokenRefused } = principal
  const { tool, capabilities, state, responses, atPage } = request
  const isAttended = hasPerson(options, principal)
  const bound = boundEnvironment(options, selection)
  return {
    tool,
    arguments: request.arguments,
    ending: request.ending,
    progress: request.progress,
    caller,
    connection: () =>
      connectionOf({
        bounds: options.bounds,
        selection,
        environmentId: bound?.id,
        caller,
        administrators: options.administrators,
        isOperator: options.principal !== undefined,
      }),
    mode: options.bounds.mode,
    decision: decided?.tool === tool ? decided.decision : decide(tool, caller, selection, options.bounds),
    boundEnvironment: bound,
    idempotency: options.idempotency,
    pages: options.pages,
    kept: options.kept,
    handOffs: options.handOffs,
    interaction: {
      ...waysToAsk(isAttended ? capabilities : undefined),
      state,
      responses,
      seal: (next) => options.seal.mint(next, caller),
      handOff: isAttended ? options.handOffs.forCall({ caller, tool: tool.name, selection }) : undefined,
      atPage,
    },
    deadlineMs: options.timeouts.call + (tool.waitsForPerson ? options.timeouts.wait : 0),
    scalekit: (signal) => options.scalekit(caller, signal, trail),
    docs: options.docs,
    redact: options.redact,
    audit,
    record: (outcome) => options.record(outcome, principal),
    tokenRefused,
  }
}

/** Ends a call between two rounds: the person did not answer. */
export function endCall(
  { record }: Pick<CallOptions, 'record'>,
  principal: Principal,
  { name, effect }: ToolRequest['tool'],
  error: ToolError,
): CallToolResult {
  principal.audit.ended(error.code, { refused: false })
  record({ tool: name, effect, outcome: error.code, milliseconds: 0, error }, principal)
  return renderError(error)
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
