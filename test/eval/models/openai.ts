import * as z from 'zod'
import type { Endpoint } from './endpoint.js'
import { type Model, parseArguments } from './model.js'
import { postJson } from './post-json.js'

const Completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.looseObject({
          content: z.string().nullish(),
          tool_calls: z
            .array(
              z.looseObject({
                id: z.string(),
                function: z.looseObject({ name: z.string(), arguments: z.string() }),
              }),
            )
            .nullish(),
        }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
})

/** A model behind `/v1/chat/completions`. */
export function openAiModel({ url, model, key }: Endpoint): Model {
  return {
    name: model,
    chat({ system, ask, tools }) {
      const messages: unknown[] = [
        { role: 'system', content: system },
        { role: 'user', content: ask },
      ]
      const offered = tools.map(({ name, description, inputSchema }) => ({
        type: 'function',
        function: { name, description, parameters: inputSchema },
      }))
      return {
        async reply(results, signal) {
          messages.push(...results.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text })))
          const headers: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {}
          const body = { model, messages, tools: offered }
          const { choices, usage } = Completion.parse(await postJson({ url, headers, body, signal, key }))
          const message = choices[0]?.message
          messages.push(message)
          return {
            text: message?.content ?? '',
            calls: (message?.tool_calls ?? []).map(({ id, function: called }) => ({
              id,
              name: called.name,
              arguments: parseArguments(called.arguments),
            })),
            tokens: { input: usage?.prompt_tokens ?? 0, output: usage?.completion_tokens ?? 0 },
          }
        },
      }
    },
  }
}
