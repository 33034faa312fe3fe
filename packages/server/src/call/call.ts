import type { CallToolResult, InputRequiredResult } from '@modelcontextprotocol/server'
import type { Caller } from '@scalekit-mcp/auth'
import type { RequestAudit } from '../audit/request-audit.js'
import type { Docs } from '../docs-search/docs.js'
import { ToolError, toToolError } from '../errors.js'
import type { Redact } from '../observe/redact.js'
import type { Scalekit } from '../scalekit/scalekit.js'
import type { KeyValue } from '../shared/key-value.js'
import type { Revealed, ToolContext, ToolDefinition } from '../tool.js'
import type { Bounds, Decision } from './access.js'
import { type Ending, withDeadline } from './deadline.js'
import { digestOf } from './digest.js'
import { explainFailure, refuseImpossible } from './explain-failure.js'
import type { Idempotency } from './idempotency.js'
import { confirmAtPage, confirmInClient } from './interaction/confirm.js'
import { handedOff, handOff, mayHandOff } from './interaction/hand-off.js'
import type { HandOffs } from './interaction/hand-offs.js'
import { handedOver, handOver } from './interaction/hand-over.js'
import type { CallArguments, Interaction } from './interaction/interaction.js'
import { type Question, questionFor } from './interaction/question.js'
import type { PageSeal } from './page-seal.js'
import { resolveNames } from './resolve-names.js'
import { contextOf } from './tool-context.js'
import { validate } from './validate.js'

/** About 25,000 tokens of JSON: what the common clients take at most. */
const RESULT_LIMIT = 80_000

export interface Call {
  readonly tool: ToolDefinition
  readonly arguments: Readonly<Record<string, unknown>>
  readonly caller: Caller
  readonly connection: ToolContext['connection']
  readonly mode: Bounds['mode']
  /** Whether the caller may use the tool. */
  readonly decision: Decision
  /** The environment that the connection is bound to: by configuration or by `?environment=`. */
  readonly boundEnvironment?: { readonly id: string } | undefined
  readonly interaction: Interaction
  /** Where used answers are. */
  readonly kept: Pick<KeyValue, 'add'>
  readonly handOffs: Pick<HandOffs, 'wait'>
  readonly idempotency: Idempotency
  readonly pages: PageSeal
  readonly ending: Ending
  /** How long the call has. */
  readonly deadlineMs: number
  /** Gives the API's clients for this call; requests end with the signal. */
  readonly scalekit: (signal: AbortSignal) => Scalekit
  readonly docs: Docs
  /** Removes credentials, this server's own included, and what is invisible. */
  readonly redact: Redact
  readonly progress: ToolContext['progress']
  readonly audit: RequestAudit
  /** Told once per call how it ended. */
  readonly record: (outcome: Outcome) => void
  /** Told after that when Scalekit no longer accepts the token of the caller. */
  readonly tokenRefused: (error: ToolError) => void
}

export interface Outcome {
  readonly tool: string
  readonly effect: string
  readonly outcome: 'ok' | 'input_required' | ToolError['code']
  readonly milliseconds: number
  readonly error?: ToolError
}

/**
 * Everything that happens to every call, in order: authorize, validate, resolve names, check the arguments together, confirm, run with a deadline, hand
 * a link over, redact, cap, record, render. A write is in the audit log before it goes out. (Selecting the tool by its name is the protocol's: an unknown name is -32602.)
 *
 * @returns a result; a failure is one with `isError`, a code, what happened and what to do next (MCP
 * 2026-07-28, server/tools, "Error Handling"). It does not throw.
 */
export async function call(request: Call): Promise<CallToolResult | InputRequiredResult> {
  const started = performance.now()
  const { tool, audit } = request
  let admitted = false
  audit.calls({
    tool: tool.name,
    effect: tool.effect,
    scopesRequired: tool.scopes,
    argumentsDigest: digestOf(request.arguments),
  })
  const finish = (outcome: Outcome['outcome'], error?: ToolError) => {
    audit.ended(outcome, { refused: !admitted || outcome === 'audit_unavailable' })
    request.record({
      tool: tool.name,
      effect: tool.effect,
      outcome,
      milliseconds: Math.round(performance.now() - started),
      ...(error ? { error } : {}),
    })
  }
  try {
    authorize(request)
    const named = validate(tool, request.arguments, request.boundEnvironment)
    const { args, result } = await withDeadline(request.ending, request.deadlineMs, async (signal) => {
      const { resolved, ended } = await resolveUnlessEnded(request, named, signal)
      const args = ended ? resolved : openPage(request, resolved)
      admitted = true
      if (ended) return { args, result: ended }
      const result = await confirmAndRun(request, { named, resolved: args }, signal).catch((cause: unknown) =>
        explain(cause, request, args, signal),
      )
      return { args, result }
    })
    if ('question' in result) {
      finish('input_required')
      return result.question
    }
    const rendered = render(cap(clean(request, args, result.output), tool), result.note)
    finish('ok')
    return rendered
  } catch (cause) {
    const error = toToolError(cause)
    finish(error.code, error)
    if (error.code === 'invalid_token') request.tokenRefused(error)
    return renderError(error)
  }
}

function authorize({ decision }: Call): void {
  if (!decision.allowed) throw decision.error
}

/** A call that ended at its page is found by its names as well: what they name may be gone by now. */
async function resolveUnlessEnded(request: Call, named: Record<string, unknown>, signal: AbortSignal) {
  const endedByName = await endedAtPage(request, named)
  if (endedByName) return { resolved: named, ended: endedByName }
  const resolved = await resolve(request, named, signal)
  return { resolved, ended: await endedAtPage(request, resolved) }
}

/** A call that cannot work ends here: before a person is asked about it. */
async function resolve(
  { tool, caller, connection, scalekit, boundEnvironment, redact }: Call,
  args: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const resolved = await resolveNames(tool, args, {
    caller,
    scalekit: scalekit(signal),
    boundEnvironment,
    redact,
  })
  tool.check?.(resolved, { caller, connection })
  return resolved
}

/** @throws ToolError */
async function explain(
  cause: unknown,
  request: Call,
  args: Record<string, unknown>,
  signal: AbortSignal,
): Promise<never> {
  const { tool, mode } = request
  throw await explainFailure(cause, { tool, mode, args, context: contextOf(request, signal) })
}

/** The token of the next page is the API's own: sealed for this caller and this list when it goes out. */
function openPage({ pages, caller, tool }: Call, args: Record<string, unknown>): Record<string, unknown> {
  if (typeof args.pageToken !== 'string') return args
  return { ...args, pageToken: pages.open(args.pageToken, { caller, tool: tool.name, args }) }
}

function sealPage({ pages, caller, tool }: Call, args: CallArguments['resolved'], output: Written['output']) {
  if (typeof output.nextPageToken !== 'string') return output
  return { ...output, nextPageToken: pages.seal(output.nextPageToken, { caller, tool: tool.name, args }) }
}

/** What came of the call at a page. */
async function endedAtPage(
  { tool, interaction, audit }: Call,
  args: Record<string, unknown>,
): Promise<{ output: Record<string, unknown>; note: string } | undefined> {
  const ended = mayHandOff(tool, interaction) ? await handedOff(interaction, args) : undefined
  if (ended) audit.personAnswered(ended.answeredIn)
  return ended
}

/** What only a person may decide or see comes first: in the client where it can ask, else at a page of this server. */
async function confirmAndRun(
  request: Call,
  { named, resolved: args }: CallArguments,
  signal: AbortSignal,
): Promise<{ question: InputRequiredResult } | { output: Record<string, unknown>; note?: string }> {
  const { tool, interaction } = request
  const { atPage } = interaction
  const context = contextOf(request, signal)
  const done = handedOver(tool, args, interaction)
  if (done) return { output: done }
  const { key, rest } = withoutKey(args)
  const repeated = await request.idempotency.repeated(ownerOf(request), tool.name, key, rest)
  if (repeated) return { output: repeated }
  const question = await possibleQuestion(request, args, context)
  if (question?.already && !atPage) return { output: question.already }
  if (atPage) await confirmAtPage(question, atPage)
  else if (question?.required && mayHandOff(tool, interaction))
    return { question: await handOff(tool, { named, resolved: args }, question, interaction) }
  else if (question?.typed && interaction.canAsk) {
    const asked = await confirmInClient(tool.name, question, interaction, request.kept)
    if (asked) return { question: asked }
  }
  const result = await (tool.effect === 'read' ? tool.run(args, context) : write(request, args, context))
  const { revealed, ...output } = result as ToolResult
  if (!revealed) return { output }
  if (!atPage) return { question: await handOver(tool, args, output, revealed, question, interaction) }
  atPage.reveal(revealed)
  return { output: { ...output, handedOver: true } }
}

/** A person is asked only about what can work. A create that is under way at its page has what it created. @throws ToolError */
async function possibleQuestion(
  { tool, mode, interaction, redact }: Call,
  args: CallArguments['resolved'],
  context: ToolContext,
) {
  const question = await questionFor(tool, args, context, redact)
  if (question && !(await interaction.handOff?.isKnown(args)))
    await refuseImpossible({ tool, args, context, mode })
  return question
}

/** What a page shows of a call before the person decides. @throws ToolError where the call would be refused */
export function previewCall(request: Call): Promise<Question | undefined> {
  const { tool } = request
  authorize(request)
  const valid = validate(tool, request.arguments, request.boundEnvironment)
  return withDeadline(request.ending, request.deadlineMs, async (signal) => {
    const args = await resolve(request, valid, signal)
    return possibleQuestion(request, args, contextOf(request, signal)).catch((cause: unknown) =>
      explain(cause, request, args, signal),
    )
  })
}

/** It is in the audit log before it goes out, and it goes out once for its key. */
function write(request: Call, args: CallArguments['resolved'], context: ToolContext) {
  const { tool, idempotency, audit } = request
  const { key, rest } = withoutKey(args)
  return idempotency.once(ownerOf(request), tool.name, key, rest, async () => {
    await audit.intends()
    return tool.run(rest, context)
  })
}

/** Whose idempotency keys a call uses: at a page, those of the caller who sent the person there. */
const ownerOf = ({ interaction, caller }: Call) => interaction.atPage?.owner ?? caller
const withoutKey = ({ idempotencyKey, ...rest }: CallArguments['resolved']) => ({
  key: idempotencyKey as string | undefined,
  rest,
})

type ToolResult = Record<string, unknown> & { readonly revealed?: readonly Revealed[] }

interface Written {
  readonly output: Record<string, unknown>
  /** Its JSON. */
  readonly text: string
}

function clean(request: Call, args: Record<string, unknown>, output: Record<string, unknown>): Written {
  const sealed = sealPage(request, args, request.redact(output))
  return { output: sealed, text: JSON.stringify(sealed) }
}

/** A write has happened whatever its size, so only a read is refused for being too large. */
function cap(written: Written, tool: ToolDefinition): Written {
  const { length } = written.text
  if (length > RESULT_LIMIT && tool.effect === 'read') {
    throw new ToolError(
      'result_too_large',
      `The result has ${length} characters; ${RESULT_LIMIT} is the limit.`,
    )
  }
  return written
}

function render({ output, text }: Written, note?: string): CallToolResult {
  const notes = note === undefined ? [] : [{ type: 'text' as const, text: note }]
  return { structuredContent: output, content: [{ type: 'text', text }, ...notes] }
}

/** A failed call, as its client sees it. */
export function renderError(error: ToolError): CallToolResult {
  const { code, message, nextStep, details } = error
  const body = { error: { code, message, nextStep, ...details } }
  return { isError: true, content: [{ type: 'text', text: JSON.stringify(body) }] }
}
