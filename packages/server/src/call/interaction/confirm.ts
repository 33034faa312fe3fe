import { randomUUID } from 'node:crypto'
import { acceptedContent, type InputRequiredResult, inputRequired } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import type { KeyValue } from '../../shared/key-value.js'
import type { AtPage, Interaction } from './interaction.js'
import { namesTarget, type Question, questionText } from './question.js'
import { ROUND_SECONDS } from './round-seal.js'

const KEY = 'confirmation'
const typedName = z.object({ name: z.string().max(300).describe('The name, as shown.') })

/**
 * Asks a person in the client. What the question names is read again on the second round and must be the same. An answer is used
 * once.
 *
 * @param kept where used answers are, for as long as a question is valid
 * @returns what to send to the client in order to ask, or undefined when the call may go on
 * @throws ToolError `confirmation_declined`, `confirmation_mismatch`; `confirmation_unavailable` where replicas cannot agree on
 *   which answers were used
 */
export async function confirmInClient(
  tool: string,
  question: Question,
  { state, responses, seal }: Interaction,
  kept: Pick<KeyValue, 'add'>,
): Promise<InputRequiredResult | undefined> {
  const { digest } = question
  const answers = state?.kind === 'confirmation' && state.tool === tool && state.digest === digest
  if (answers && (await kept.add(`answer:${state.nonce}`, true, ROUND_SECONDS * 1000))) {
    const answer = acceptedContent(responses, KEY, typedName)
    if (!answer) throw new ToolError('confirmation_declined', 'The person did not confirm.')
    requireName(answer.name, question)
    return undefined
  }
  const elicitation = inputRequired.elicit({
    message: questionText(question),
    requestedSchema: typedName,
  })
  const asked = { kind: 'confirmation', tool, digest, nonce: randomUUID() } as const
  return inputRequired({ inputRequests: { [KEY]: elicitation }, requestState: await seal(asked) })
}

/**
 * The person has seen the question at the page of this server and sent the form.
 *
 * @throws ToolError `confirmation_mismatch`; `confirmation_declined` where the call was made already
 */
export async function confirmAtPage(question: Question | undefined, atPage: AtPage): Promise<void> {
  if (atPage.digest !== (question?.digest ?? '')) {
    throw new ToolError('confirmation_mismatch', 'What this changes is no longer what the page showed.')
  }
  if (question?.typed) requireName(atPage.typed, question)
  await atPage.claim()
}

function requireName(typed: string, question: Question): void {
  if (namesTarget(typed, question)) return
  throw new ToolError('confirmation_mismatch', 'What was typed is not the name of the target.')
}
