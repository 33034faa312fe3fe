import * as z from 'zod'
import type { Endpoint } from './endpoint.js'
import { isObject, type Model } from './model.js'
import { postJson } from './post-json.js'

const MAX_TOKENS = 8_192

const Message = z.object({
  content: z.array(
    z.looseObject({
      type: z.string(),
      text: z.string().optional(),
      id: z.string().optional(),
      name: z.string().optional(),
      input: z.unknown().optional(),
    }),
  ),
  usage: z.object({
    input_tokens: z.number(),
    cache_creation_input_tokens: z.number().nullish(),
    cache_read_input_tokens: z.number().nullish(),
    output_tokens: z.number(),
  }),
})

/** A model behind `/v1/messages`. */
export function anthropicModel({ url, model, key }: Endpoint): Model {
  return {
    name: model,
    chat({ system, ask, tools }) {
      const messages: unknown[] = [{ role: 'user', content: ask }]
      const offered = tools.map(({ name, description, inputSchema }) => ({
        name,
        description,
        input_schema: inputSchema,
      }))
      return {
        async reply(results, signal) {
          if (results.length > 0) {
            const content = results.map(({ id, text, isError }) => ({
              type: 'tool_result',
              tool_use_id: id,
              content: text,
              is_error: isError,
            }))
            messages.push({ role: 'user', content })
          }
          const headers = { 'anthropic-version': '2023-06-01', ...(key ? { 'x-api-key': key } : {}) }
          const body = { model, max_tokens: MAX_TOKENS, system, messages, tools: offered }
          const { content, usage } = Message.parse(await postJson({ url, headers, body, signal, key }))
          messages.push({ role: 'assistant', content })
          return {
            text: content.map(({ text = '' }) => text).join(''),
            calls: content
              .filter(({ type }) => type === 'tool_use')
              .map(({ id = '', name = '', input }) => ({
                id,
                name,
                arguments: isObject(input) ? input : undefined,
              })),
            tokens: {
              input:
                usage.input_tokens +
                (usage.cache_creation_input_tokens ?? 0) +
                (usage.cache_read_input_tokens ?? 0),
              output: usage.output_tokens,
            },
          }
        },
      }
    },
  }
}
