import { randomUUID } from 'node:crypto'
import { acceptedContent, type InputRequiredResult, inputRequired } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import type { Target, ToolContext, ToolDefinition } from '../../tool.js'
import { digestOf } from '../digest.js'
import { displayText } from './display-text.js'
import type { Interaction } from './interaction.js'

const KEY = 'confirmation'
const typedName = z.object({ name: z.string().max(300).describe('The name, as shown.') })

/** Remembers which answers were used, for as long as a question is valid. */
export interface UsedAnswers {
  /**
   * @returns whether this is the first use
   * @throws ToolError `confirmation_unavailable` where replicas cannot agree on it
   */
  use(nonce: string): Promise<boolean>
}

export interface ConfirmOptions {
  readonly interaction: Interaction
  readonly usedAnswers: UsedAnswers
}

/**
 * Asks a person before a write. In a PRD environment every write waits, unless its tool says why it need not; in a DEV
 * environment deletes wait where the client can ask. What is in no environment is treated as PRD. The question names what
 * changes; the target is read again on the second round and must be the same. An answer is used once.
 *
 * @returns what to send to the client in order to ask, or undefined when the call may go on
 * @throws ToolError `confirmation_unavailable` when the client cannot ask and the environment is PRD,
 * `confirmation_declined`, `confirmation_mismatch`
 */
export async function confirm(
  tool: ToolDefinition,
  args: Record<string, unknown>,
  context: ToolContext,
  { interaction, usedAnswers }: ConfirmOptions,
): Promise<InputRequiredResult | undefined> {
  if (!tool.target || !mayWait(tool)) return undefined
  const environmentId = args.environmentId as string | undefined
  const type = environmentId === undefined ? 'PRD' : await context.scalekit.environmentType(environmentId)
  if (type === 'DEV' && tool.effect !== 'delete') return undefined
  const target = await tool.target(args, context)
  if (!interaction.canAsk) {
    if (type === 'DEV') return undefined
    const where = environmentId === undefined ? '' : ' in a PRD environment'
    throw new ToolError(
      'confirmation_unavailable',
      `${tool.name} needs a person to confirm it${where}, and this client cannot ask one.`,
    )
  }
  const digest = digestOf([args, target])
  const { state, responses } = interaction
  const answers = state?.kind === 'confirmation' && state.tool === tool.name && state.digest === digest
  if (answers && (await usedAnswers.use(state.nonce))) {
    checkAnswer(target, responses)
    return undefined
  }
  const asked = { kind: 'confirmation', tool: tool.name, digest, nonce: randomUUID() } as const
  return ask(questionOf(tool, environmentId, target), await interaction.seal(asked))
}

/** Whether a write may wait. What is created for a person is that person's decision. */
function mayWait({ unconfirmed, reveals, effect }: ToolDefinition): boolean {
  return !unconfirmed && !(reveals && effect === 'create')
}

function ask(message: string, requestState: string): InputRequiredResult {
  const elicitation = inputRequired.elicit({ message, requestedSchema: typedName })
  return inputRequired({ inputRequests: { [KEY]: elicitation }, requestState })
}

/** A line for each change. Values are third-party text, so each is shown on one line, without invisible characters. */
function questionOf(tool: ToolDefinition, environmentId: string | undefined, target: Target): string {
  const where = environmentId ? ` in ${environmentId}` : ''
  const warning = tool.effect === 'delete' || tool.irreversible ? ' This cannot be undone.' : ''
  const changes = Object.entries(target.changes ?? {}).flatMap(([label, value]) =>
    value === undefined ? [] : [`${label}: ${displayText([value].flat().join(', '))}`],
  )
  const what = target.id === undefined ? 'the name' : `the name of ${target.id}`
  return [`${tool.title}${where}.${warning}`, ...changes, `To confirm, type ${what}: ${nameOf(target)}`].join(
    '\n',
  )
}

/** A name with nothing to see cannot be typed: then it is the id. */
const nameOf = ({ id = 'confirm', name }: Target) => displayText(name) || id

function checkAnswer(target: Target, responses: Record<string, unknown> | undefined): void {
  const answer = acceptedContent(responses, KEY, typedName)
  if (!answer) throw new ToolError('confirmation_declined', 'The person did not confirm.')
  if (displayText(answer.name) !== nameOf(target)) {
    throw new ToolError('confirmation_mismatch', 'What was typed is not the name of the target.')
  }
}
