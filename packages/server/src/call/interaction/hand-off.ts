import { type InputRequiredResult, inputRequired, inputResponse } from '@modelcontextprotocol/server'
import { ToolError } from '../../errors.js'
import type { ToolDefinition } from '../../tool.js'
import { digestOf } from '../digest.js'
import { givesInClient } from './hand-over.js'
import type { CallArguments, HandOff, HandOffRound, Interaction } from './interaction.js'
import { isConfirmed, organizationLines, type Question, titleText, whyPrd } from './question.js'

const KEY = 'hand_off'

/** Whether a call of this tool waits at a page where it needs a person: its client has no way to ask, or to give what it reveals. */
export function mayHandOff(tool: ToolDefinition, interaction: Interaction): boolean {
  if (interaction.atPage) return false
  if (tool.reveals) return !givesInClient(tool, interaction)
  return isConfirmed(tool) && !interaction.canAsk
}

/** What a call that ended at its page gives when it is repeated. */
interface Ended {
  readonly output: Record<string, unknown>
  /** The request that brought the answer. */
  readonly answeredIn: string
  /** For the model. */
  readonly note: string
}

/**
 * What came of a call at the page where it waited: it is not made again.
 *
 * @returns undefined where it still waits, or never did
 * @throws ToolError what it failed with there; `confirmation_declined`
 */
export async function handedOff(
  { handOff: waiting }: Interaction,
  args: Readonly<Record<string, unknown>>,
): Promise<Ended | undefined> {
  const outcome = await waiting?.outcome(args)
  if (!outcome) return undefined
  if (outcome.status === 'done') {
    const { output, requestId: answeredIn, at } = outcome
    return {
      output: { ...output },
      answeredIn,
      note: `The user confirmed this call on the page, and it was made at ${at}. This is its result then; nothing was made now.`,
    }
  }
  if (outcome.status === 'declined') throw declined()
  const { code, message, nextStep } = outcome.error
  throw new ToolError(code, message, { nextStep })
}

/**
 * Lets a call wait at a page of this server. A client that opens URLs is asked to open it.
 *
 * @returns what to send to the client
 * @throws ToolError `person_needed` with the link to the page; `confirmation_unavailable` where nobody can open it
 */
export async function handOff(
  tool: ToolDefinition,
  args: CallArguments,
  question: Question,
  { handOff: waiting, canOpenUrl, state, responses, seal }: Interaction,
): Promise<InputRequiredResult> {
  if (!waiting) {
    throw new ToolError(
      'confirmation_unavailable',
      `${tool.name} needs a person, and a client with a token of its own has none.${whyPrd(question)}`,
    )
  }
  const digest = digestOf(args.resolved)
  const isAsked = state?.kind === 'hand_off' && state.tool === tool.name && state.digest === digest
  const { handOff: opened, url, isRunning } = await waiting.open(args)
  if (isRunning) throw running(tool)
  if (isAsked) {
    const answer = inputResponse(responses, KEY)
    if (answer.kind !== 'elicit' || answer.action !== 'accept') {
      throw (await waiting.decline(opened.id)) ? declined() : running(tool)
    }
  } else if (canOpenUrl) {
    const message = [
      `${titleText(question)}: ${question.target.name}`,
      ...organizationLines(question),
      tool.reveals?.message ?? 'Confirm it on the page of this server.',
    ].join('\n')
    const round: HandOffRound = { kind: 'hand_off', tool: tool.name, digest }
    const elicitation = inputRequired.elicitUrl({ message, url })
    return inputRequired({ inputRequests: { [KEY]: elicitation }, requestState: await seal(round) })
  }
  throw personNeeded(tool, question, opened, url, isAsked)
}

const declined = () => new ToolError('confirmation_declined', 'The person did not confirm.')

const running = ({ name }: ToolDefinition) =>
  new ToolError('person_needed', `The user has confirmed ${name}, and it is being made.`, {
    nextStep: 'Call wait_for_hand_off, or repeat this call in a few seconds: it gives the result.',
  })

function personNeeded(
  { name, reveals }: ToolDefinition,
  question: Question,
  { id, expiresAt }: HandOff,
  url: string,
  isOpen: boolean,
): ToolError {
  const what = reveals
    ? `creates a ${reveals.kind} for a person only.`
    : `needs a person to confirm it.${whyPrd(question)}`
  return new ToolError('person_needed', `${name} ${what}`, {
    ...(isOpen && { nextStep: 'The user has the page open: call wait_for_hand_off.' }),
    details: { handOff: { id, url, expiresAt: new Date(expiresAt).toISOString() } },
  })
}
