import { type InputRequiredResult, inputRequired, inputResponse } from '@modelcontextprotocol/server'
import { ToolError } from '../../errors.js'
import type { Revealed, Target, ToolDefinition } from '../../tool.js'
import { digestOf } from '../digest.js'
import { displayText } from './display-text.js'
import type { HandOverState, Interaction } from './interaction.js'

const KEY = 'link'

/**
 * Before a tool makes a link: whether there is a way to bring it to a person. A link that opens something is a
 * credential; in the text of a result it would stay in transcripts, so by default it goes by the client's own
 * dialogue (MCP, elicitation in URL mode).
 *
 * @throws ToolError `link_needs_person`
 */
export function requireWayForLink(tool: ToolDefinition, interaction: Interaction): void {
  if (!tool.reveals || (tool.reveals.kind === 'link' && interaction.canOpenUrl)) return
  throw new ToolError(
    'link_needs_person',
    `${tool.name} creates a ${tool.reveals.kind} that is for a person only, and this client has no way to give it to one.`,
  )
}

/**
 * Hands the link of a result to the person at the client.
 *
 * @returns what to send to the client, or undefined when the result may go out as it is
 */
export async function handOver(
  tool: ToolDefinition,
  args: Record<string, unknown>,
  { output, revealed }: { output: Record<string, unknown>; revealed: readonly Revealed[] },
  interaction: Interaction,
  target: Target | undefined,
): Promise<InputRequiredResult | undefined> {
  const [link] = revealed
  if (!tool.reveals || !link) return undefined
  const state: HandOverState = { kind: 'hand_over', tool: tool.name, digest: digestOf(args), output }
  const elicitation = inputRequired.elicitUrl({
    message: messageOf(tool.reveals.message, target),
    url: link.value,
  })
  const requestState = await interaction.seal(state)
  return inputRequired({ inputRequests: { [KEY]: elicitation }, requestState })
}

/** Which object the link is about, as the person knows it. */
function messageOf(message: string, target: Target | undefined): string {
  if (!target) return message
  const id = target.id === undefined ? '' : ` (${target.id})`
  return `${message}\nFor: ${displayText(target.name)}${id}`
}

/**
 * The second round: the link was made in the first, so nothing is run again.
 *
 * @returns the result without the link, or undefined when this is a first round
 * @throws ToolError `confirmation_declined` when the person did not open the link
 */
export function handedOver(
  tool: ToolDefinition,
  args: Record<string, unknown>,
  interaction: Interaction,
): Record<string, unknown> | undefined {
  const { state, responses } = interaction
  if (state?.kind !== 'hand_over' || state.tool !== tool.name || state.digest !== digestOf(args))
    return undefined
  const answer = inputResponse(responses, KEY)
  if (answer.kind === 'elicit' && answer.action === 'accept') return { ...state.output, handedOver: true }
  throw new ToolError('confirmation_declined', 'The person did not open the link; it ends by itself.')
}
