import {
  acceptedContent,
  type GetPromptResult,
  type InputRequiredResult,
  inputRequired,
  type PromptMessage,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import * as z from 'zod'
import { PNG } from './sample-media.js'

type PromptArguments = Readonly<Record<string, string>>

const required = (name: string, description: string) => ({ name, description, required: true })

const prompts = [
  { name: 'test_simple_prompt', description: 'A prompt without arguments.' },
  {
    name: 'test_prompt_with_arguments',
    description: 'A prompt with two arguments.',
    arguments: [required('arg1', 'First test argument'), required('arg2', 'Second test argument')],
  },
  {
    name: 'test_prompt_with_embedded_resource',
    description: 'A prompt with a resource in it.',
    arguments: [required('resourceUri', 'URI of the resource to embed')],
  },
  { name: 'test_prompt_with_image', description: 'A prompt with an image.' },
  { name: 'test_input_required_result_prompt', description: 'A prompt that asks for its context.' },
]

const completions: Readonly<Record<string, readonly string[]>> = {
  arg1: ['paris', 'park', 'party', 'testing'],
  arg2: ['london', 'testing'],
}

const context = z.object({ context: z.string() })

export function registerPrompts(server: Server): void {
  server.setRequestHandler('prompts/list', () => ({ prompts }))
  server.setRequestHandler('prompts/get', ({ params }, ctx) =>
    prompt(params.name, params.arguments ?? {}, ctx),
  )
  server.setRequestHandler('completion/complete', ({ params: { argument } }) => {
    const values = (completions[argument.name] ?? []).filter((value) => value.startsWith(argument.value))
    return { completion: { values, total: values.length, hasMore: false } }
  })
}

function prompt(
  name: string,
  args: PromptArguments,
  ctx: ServerContext,
): GetPromptResult | InputRequiredResult {
  switch (name) {
    case 'test_simple_prompt':
      return says('This is a simple prompt for testing.')
    case 'test_prompt_with_arguments':
      return says(`Prompt with arguments: arg1='${args.arg1}', arg2='${args.arg2}'`)
    case 'test_prompt_with_embedded_resource':
      return says('Please process the embedded resource above.', {
        type: 'resource',
        resource: {
          uri: args.resourceUri ?? 'test://static-text',
          mimeType: 'text/plain',
          text: 'Embedded resource content for testing.',
        },
      })
    case 'test_prompt_with_image':
      return says('Please analyze the image above.', { type: 'image', data: PNG, mimeType: 'image/png' })
    case 'test_input_required_result_prompt':
      return promptInContext(ctx)
    default:
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        'Unknown prompt: choose a name from prompts/list',
      )
  }
}

function promptInContext({ mcpReq }: ServerContext): GetPromptResult | InputRequiredResult {
  const answer = acceptedContent(mcpReq.inputResponses, 'user_context', context)
  if (answer) return says(`Prompt in the context: ${answer.context}`)
  const message = 'What context should the prompt use?'
  return inputRequired({
    inputRequests: { user_context: inputRequired.elicit({ message, requestedSchema: context }) },
  })
}

function says(text: string, before?: PromptMessage['content']): GetPromptResult {
  const messages: PromptMessage[] = [{ role: 'user', content: { type: 'text', text } }]
  return { messages: before ? [{ role: 'user', content: before }, ...messages] : messages }
}
