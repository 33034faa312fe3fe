import { createHash, randomBytes } from 'node:crypto'
import {
  acceptedContent,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Caller, Secret } from '@scalekit-mcp/auth'
import * as z from 'zod'
import { ToolError } from './errors.js'
import type { Target, ToolContext, ToolDefinition } from './tool.js'

/** What a confirmation was asked for. Sealed by the server, carried by the client, valid for five minutes. */
export interface ConfirmationState {
  readonly tool: string
  readonly targetId: string
  readonly digest: string
}

export type ConfirmationSeal = RequestStateCodec<ConfirmationState>

/** The other side of a call: whether it can ask a person, and what the person answered. */
export interface Interaction {
  readonly canAsk: boolean
  readonly state: ConfirmationState | undefined
  readonly responses: Record<string, unknown> | undefined
  seal(state: ConfirmationState): Promise<string>
}

const KEY = 'confirmation'
const typedName = z.object({ name: z.string().max(300).describe('The name, exactly as shown.') })

/**
 * Makes the seal of confirmations: bound to the caller, with an expiry (MCP 2026-07-28, multi-round-trip
 * requests, server requirements 4 and 5). Replicas need the same key.
 */
export function confirmationSeal(key: Secret | undefined): ConfirmationSeal {
  return createRequestStateCodec<ConfirmationState>({
    key: key?.reveal() ?? randomBytes(32),
    ttlSeconds: 300,
    bind: (context: ServerContext) => {
      const caller = context.http?.authInfo?.extra?.caller as Caller | undefined
      return JSON.stringify([caller?.issuer, caller?.subject, caller?.clientId])
    },
  })
}

/**
 * Asks a person to type the target's name before something is deleted, or changed in a PRD environment in a
 * way that cannot be undone. The target is read again on the second round, and must still be the same.
 *
 * @returns what to send to the client in order to ask, or undefined when the call may go on
 * @throws ToolError `confirmation_unavailable` when the client cannot ask and the environment is PRD,
 * `confirmation_declined`, `confirmation_mismatch`
 */
export async function confirm(
  tool: ToolDefinition,
  args: Record<string, unknown>,
  context: ToolContext,
  interaction: Interaction,
): Promise<InputRequiredResult | undefined> {
  if (!tool.target || (tool.effect !== 'delete' && !tool.irreversible)) return undefined
  const target = await tool.target(args, context)
  const type =
    target.environmentId === undefined ? 'PRD' : await context.scalekit.environmentType(target.environmentId)
  if (type === 'DEV' && (tool.effect !== 'delete' || !interaction.canAsk)) return undefined
  if (!interaction.canAsk) {
    throw new ToolError(
      'confirmation_unavailable',
      `${tool.name} needs a person to confirm it in a PRD environment, and this client cannot ask one.`,
    )
  }
  const asked: ConfirmationState = { tool: tool.name, targetId: target.id, digest: digest(args) }
  if (!isSame(interaction.state, asked)) return ask(tool, target, await interaction.seal(asked))
  checkAnswer(target, interaction.responses)
  return undefined
}

function ask(tool: ToolDefinition, target: Target, requestState: string): InputRequiredResult {
  const message = `${tool.title}: this cannot be undone. To go on, type the name of ${target.id}: ${JSON.stringify(target.name)}`
  return inputRequired({
    inputRequests: { [KEY]: inputRequired.elicit({ message, requestedSchema: typedName }) },
    requestState,
  })
}

function checkAnswer(target: Target, responses: Record<string, unknown> | undefined): void {
  const answer = acceptedContent(responses, KEY, typedName)
  if (!answer) throw new ToolError('confirmation_declined', 'The person did not confirm.')
  if (answer.name !== target.name) {
    throw new ToolError('confirmation_mismatch', 'What was typed is not the name of the target.')
  }
}

function isSame(state: ConfirmationState | undefined, asked: ConfirmationState): boolean {
  return (
    state !== undefined &&
    state.tool === asked.tool &&
    state.targetId === asked.targetId &&
    state.digest === asked.digest
  )
}

function digest(args: Record<string, unknown>): string {
  const ordered = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(ordered)).digest('base64url')
}
