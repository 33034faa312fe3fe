import { type InputRequiredResult, inputRequired, inputResponse } from '@modelcontextprotocol/server'
import { ToolError } from '../../errors.js'
import type { Revealed, ToolDefinition } from '../../tool.js'
import { digestOf } from '../digest.js'
import type { HandOverState, Interaction } from './interaction.js'
import { environmentText, organizationLines, type Question } from './question.js'

const KEY = 'link'

/** A link goes to the person in the client where it opens URLs (MCP, elicitation in URL mode). A secret never does. */
export function givesInClient({ reveals }: ToolDefinition, { canOpenUrl }: Interaction): boolean {
  return reveals?.kind === 'link' && canOpenUrl
}

/**
 * Gives the link of a result to the person in the client.
 *
 * @returns what to send to the client
 */
export async function handOver(
  { name: tool, reveals }: ToolDefinition,
  args: Record<string, unknown>,
  output: Record<string, unknown>,
  [link]: readonly Revealed[],
  question: Question | undefined,
  interaction: Interaction,
): Promise<InputRequiredResult> {
  if (!reveals || !link) throw new TypeError(`${tool}: revealed nothing`)
  const state: HandOverState = { kind: 'hand_over', tool, digest: digestOf(args), output }
  const elicitation = inputRequired.elicitUrl({
    message: messageOf(reveals.message, question),
    url: link.value,
  })
  return inputRequired({
    inputRequests: { [KEY]: elicitation },
    requestState: await interaction.seal(state),
  })
}

/** Which object the link is about, and where it is, as the person knows them. */
function messageOf(message: string, question: Question | undefined): string {
  if (!question) return message
  const { environment, target } = question
  return [
    message,
    `For: ${target.name}${target.id === undefined ? '' : ` (${target.id})`}`,
    ...organizationLines(question),
    ...(environment ? [`Environment: ${environmentText(environment)}`] : []),
  ].join('\n')
}

/**
 * The second round: the link was created in the first, so nothing is run again.
 *
 * @returns the result without the link, or undefined when this is a first round
 * @throws ToolError `confirmation_declined` when the person did not open the link
 */
export function handedOver(
  tool: ToolDefinition,
  args: Record<string, unknown>,
  { state, responses }: Interaction,
): Record<string, unknown> | undefined {
  if (state?.kind !== 'hand_over' || state.tool !== tool.name || state.digest !== digestOf(args))
    return undefined
  const answer = inputResponse(responses, KEY)
  if (answer.kind === 'elicit' && answer.action === 'accept') return { ...state.output, handedOver: true }
  throw new ToolError('confirmation_declined', 'The person did not open the link; it ends by itself.')
}
