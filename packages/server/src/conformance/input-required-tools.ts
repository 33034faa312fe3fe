import {
  acceptedContent,
  type InputRequests,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server'
import * as z from 'zod'
import { sealState, stateOf } from './fixture-state.js'
import { clientDeclares, type FixtureTool, fixtureTool, text } from './fixture-tool.js'

const name = z.object({ name: z.string() })
const color = z.object({ color: z.string() })
const ok = z.object({ ok: z.boolean() })

const askName = (message: string) => inputRequired.elicit({ message, requestedSchema: name })
const askModel = (question: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: question } }],
    maxTokens,
  })

/** Multi-round-trip requests (2026-07-28, basic/patterns/mrtr). */
export const inputRequiredTools: readonly FixtureTool[] = [
  fixtureTool('test_input_required_result_elicitation', 'Asks for a name.', async (_args, { mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, 'user_name', name)
    if (answer) return text(`Hello, ${answer.name}!`)
    return inputRequired({ inputRequests: { user_name: askName('What is your name?') } })
  }),
  fixtureTool(
    'test_input_required_result_sampling',
    'Asks the model for a capital.',
    async (_args, { mcpReq }) => {
      const answer = inputResponse(mcpReq.inputResponses, 'capital_question')
      if (answer.kind === 'sampling') return text(JSON.stringify(answer.result.content))
      return inputRequired({
        inputRequests: { capital_question: askModel('What is the capital of France?', 100) },
      })
    },
  ),
  fixtureTool('test_input_required_result_list_roots', 'Asks for the roots.', async (_args, { mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'client_roots')
    if (answer.kind === 'roots') return text(`Roots: ${answer.roots.map(({ uri }) => uri).join(', ')}`)
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } })
  }),
  fixtureTool('test_input_required_result_request_state', 'Knows its state again.', confirmWithState),
  fixtureTool(
    'test_input_required_result_tampered_state',
    'Refuses a state that was changed.',
    confirmWithState,
  ),
  fixtureTool(
    'test_input_required_result_multiple_inputs',
    'Asks three things at once.',
    async (_args, context) => {
      const responses = context.mcpReq.inputResponses
      const answered = acceptedContent(responses, 'user_name', name)
      const greeting = inputResponse(responses, 'greeting')
      const roots = inputResponse(responses, 'client_roots')
      if (answered && greeting.kind === 'sampling' && roots.kind === 'roots' && stateOf(context)) {
        return text(`Hello, ${answered.name}: three answers, ${roots.roots.length} roots.`)
      }
      return inputRequired({
        inputRequests: {
          user_name: askName('What is your name?'),
          greeting: askModel('Generate a greeting', 50),
          client_roots: inputRequired.listRoots(),
        },
        requestState: await sealState({ tool: 'test_input_required_result_multiple_inputs', round: 1 }),
      })
    },
  ),
  fixtureTool('test_input_required_result_multi_round', 'Asks twice.', askTwice),
  fixtureTool(
    'test_input_required_result_capabilities',
    'Asks only what the client can answer.',
    async (_args, context) => {
      const requests: InputRequests = {
        ...(clientDeclares(context, 'elicitation') && { user_name: askName('What is your name?') }),
        ...(clientDeclares(context, 'sampling') && { greeting: askModel('Generate a greeting', 50) }),
        ...(clientDeclares(context, 'roots') && { client_roots: inputRequired.listRoots() }),
      }
      const open = Object.keys(requests).filter(
        (key) => inputResponse(context.mcpReq.inputResponses, key).kind === 'missing',
      )
      return open.length > 0 ? inputRequired({ inputRequests: requests }) : text('Nothing is open.')
    },
  ),
]

async function confirmWithState(_args: unknown, context: ServerContext) {
  const confirmed = acceptedContent(context.mcpReq.inputResponses, 'confirm', ok)
  if (confirmed && stateOf(context)) return text('state-ok')
  return inputRequired({
    inputRequests: { confirm: inputRequired.elicit({ message: 'Please confirm', requestedSchema: ok }) },
    requestState: await sealState({ tool: 'confirm', round: 1 }),
  })
}

async function askTwice(_args: unknown, context: ServerContext) {
  const { inputResponses } = context.mcpReq
  const round = stateOf(context)?.round
  if (round === 2 && acceptedContent(inputResponses, 'step2', color)) return text('Both steps were answered.')
  if (round === 1 && acceptedContent(inputResponses, 'step1', name)) {
    const message = 'Step 2: What is your favorite color?'
    return inputRequired({
      inputRequests: { step2: inputRequired.elicit({ message, requestedSchema: color }) },
      requestState: await sealState({ tool: 'askTwice', round: 2 }),
    })
  }
  return inputRequired({
    inputRequests: { step1: askName('Step 1: What is your name?') },
    requestState: await sealState({ tool: 'askTwice', round: 1 }),
  })
}
