import { acceptedContent, type InputRequiredResult, inputRequired } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { digestOf } from './digest.js'
import { ToolError } from './errors.js'
import type { ConfirmationState, Interaction, RoundState } from './interaction.js'
import type { Target, ToolContext, ToolDefinition } from './tool.js'

const KEY = 'confirmation'
const typedName = z.object({ name: z.string().max(300).describe('The name, exactly as shown.') })

/**
 * Asks a person to type the target's name before something is deleted, or changed in a PRD environment in a
 * way that cannot be undone or does much at once. What is in no environment counts as PRD. The target is read
 * again on the second round, and must still be the same.
 *
 * @returns what to send to the client in order to ask, or undefined when the call may go on; at once where nothing is asked
 * @throws ToolError `confirmation_unavailable` when the client cannot ask and the environment is PRD,
 * `confirmation_declined`, `confirmation_mismatch`
 */
export function confirm(
  tool: ToolDefinition,
  args: Record<string, unknown>,
  context: ToolContext,
  interaction: Interaction,
): Promise<InputRequiredResult | undefined> | undefined {
  if (!tool.target || !(cannotBeUndone(tool) || tool.confirmWhen?.(args))) return undefined
  return confirmTarget(tool, args, context, interaction, tool.target(args, context))
}

async function confirmTarget(
  tool: ToolDefinition,
  args: Record<string, unknown>,
  context: ToolContext,
  interaction: Interaction,
  reading: Promise<Target>,
): Promise<InputRequiredResult | undefined> {
  const target = await reading
  const type =
    target.environmentId === undefined ? 'PRD' : await context.scalekit.environmentType(target.environmentId)
  if (type === 'DEV' && (tool.effect !== 'delete' || !interaction.canAsk)) return undefined
  if (!interaction.canAsk) {
    const where = target.environmentId === undefined ? '' : ' in a PRD environment'
    throw new ToolError(
      'confirmation_unavailable',
      `${tool.name} needs a person to confirm it${where}, and this client cannot ask one.`,
    )
  }
  const asked: ConfirmationState = {
    kind: 'confirmation',
    tool: tool.name,
    targetId: target.id,
    digest: digestOf(args),
  }
  if (!isSame(interaction.state, asked)) return ask(tool, target, await interaction.seal(asked))
  checkAnswer(target, interaction.responses)
  return undefined
}

function cannotBeUndone(tool: ToolDefinition): boolean {
  return tool.effect === 'delete' || tool.irreversible === true
}

function ask(tool: ToolDefinition, target: Target, requestState: string): InputRequiredResult {
  const what = target.detail === undefined ? tool.title : `${tool.title} (${JSON.stringify(target.detail)})`
  const warning = cannotBeUndone(tool) ? ': this cannot be undone' : ''
  const message = `${what}${warning}. To go on, type the name of ${target.id}: ${JSON.stringify(target.name)}`
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

function isSame(state: RoundState | undefined, asked: ConfirmationState): boolean {
  return (
    state?.kind === 'confirmation' &&
    state.tool === asked.tool &&
    state.targetId === asked.targetId &&
    state.digest === asked.digest
  )
}
