import { inputRequired, inputResponse, type ServerContext } from '@modelcontextprotocol/server'
import { choicesForm, contactForm, defaultsForm, type Form } from './elicitation-forms.js'
import { type FixtureTool, fixtureTool, text } from './fixture-tool.js'

const KEY = 'answer'
const oneString = (name: string) => ({
  type: 'object' as const,
  properties: { [name]: { type: 'string' } },
  required: [name],
  additionalProperties: false,
})

/**
 * Tools that ask the client. Written once for both eras: the SDK sends what is asked for as a request to a
 * client over stdio (2025-11-25), our dispatcher over HTTP, and as an `input_required` result to all others (2026-07-28).
 */
export const askingTools: readonly FixtureTool[] = [
  fixtureTool(
    'test_sampling',
    'Asks the model of the client.',
    async ({ prompt }, context) => askModel(String(prompt), context),
    oneString('prompt'),
  ),
  fixtureTool(
    'test_missing_capability',
    'Cannot work without the model of the client.',
    async (_args, context) => askModel('Say hello.', context),
  ),
  fixtureTool(
    'test_elicitation',
    'Asks the person for a user name and an address.',
    async ({ message }, context) => askPerson(String(message), contactForm, 'User response:', context),
    oneString('message'),
  ),
  fixtureTool(
    'test_streaming_elicitation',
    'Asks the person in the stream of its answer.',
    async (_args, context) => askPerson('Who are you?', contactForm, 'User response:', context),
  ),
  fixtureTool(
    'test_elicitation_sep1034_defaults',
    'Asks with a default for every type.',
    async (_args, context) =>
      askPerson('Please check these values', defaultsForm, 'Elicitation completed:', context),
  ),
  fixtureTool('test_elicitation_sep1330_enums', 'Asks with every kind of choice.', async (_args, context) =>
    askPerson('Please choose', choicesForm, 'Elicitation completed:', context),
  ),
]

async function askModel(prompt: string, { mcpReq }: ServerContext) {
  const answer = inputResponse(mcpReq.inputResponses, KEY)
  if (answer.kind === 'sampling') return text(`LLM response: ${JSON.stringify(answer.result.content)}`)
  const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: prompt } }]
  return inputRequired({
    inputRequests: { [KEY]: inputRequired.createMessage({ messages, maxTokens: 100 }) },
  })
}

async function askPerson(message: string, requestedSchema: Form, intro: string, { mcpReq }: ServerContext) {
  const answer = inputResponse(mcpReq.inputResponses, KEY)
  if (answer.kind === 'elicit') {
    return text(`${intro} action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`)
  }
  return inputRequired({ inputRequests: { [KEY]: inputRequired.elicit({ message, requestedSchema }) } })
}
