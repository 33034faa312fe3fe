import { type AnswerType, answerAsAccepted } from './accept.js'
import { changeAnswer } from './convert-answer.js'
import { AuthError } from './errors.js'
import type { HttpAnswer } from './http-message.js'
import { isObject } from './is-object.js'
import { parseBody } from './json-body.js'
import { checkMessage, idOf } from './json-rpc.js'
import { calledTool, isToolCall } from './tool-scopes.js'

/** What a client does before it lists tools: the handshake up to 2025-11-25, and `server/discover` of 2026-07-28. */
const HANDSHAKE = new Set(['initialize', 'notifications/initialized', 'ping', 'server/discover'])
const LIST = 'tools/list'

export interface PublicTools {
  /**
   * The message of a request without a token, if it may be served; undefined: it needs a token.
   * @param read reads the body
   */
  messageIn(read: () => Promise<Uint8Array>): Promise<unknown>
  /**
   * Makes the handler's answer what the client accepts, and lists public tools only. Call it last before the handler.
   * @throws AuthError `not_acceptable`
   */
  prepareAnswer(res: HttpAnswer, acceptsOnly: AnswerType | undefined, message: unknown): void
}

/** What can be used without a token: `tools/list`, and calls of the tools that are named. */
export function createPublicTools(names: readonly string[]): PublicTools {
  const tools: ReadonlySet<unknown> = new Set(names)

  function isPublic(message: unknown): boolean {
    const { method } = Object(message) as { method?: unknown }
    if (isToolCall(message)) return tools.has(calledTool(message))
    return method === LIST || HANDSHAKE.has(String(method))
  }

  return {
    async messageIn(read) {
      try {
        const message = parseBody(await read())
        checkMessage(message, { responses: false })
        return isPublic(message) ? message : undefined
      } catch (error) {
        // Without a token the answer to what is not a message is the challenge, too.
        if (error instanceof AuthError) return undefined
        throw error
      }
    },
    prepareAnswer(res, acceptsOnly, message) {
      const { method } = Object(message) as { method?: unknown }
      if (method === LIST)
        changeAnswer(res, acceptsOnly, idOf(message), (answer) => onlyPublic(answer, tools))
      else answerAsAccepted(res, acceptsOnly, message)
    },
  }
}

/** The list depends on the token, so that nobody may keep it for others (MCP 2026-07-28, caching). */
function onlyPublic(answer: unknown, names: ReadonlySet<unknown>): unknown {
  const { result } = Object(answer) as { result?: unknown }
  if (!isObject(result)) return answer
  const tools = Array.isArray(result.tools) ? result.tools : []
  const listed = {
    ...result,
    tools: tools.filter((tool) => names.has(Object(tool).name)),
    ...('cacheScope' in result && { cacheScope: 'private' }),
  }
  return { ...Object(answer), result: listed }
}
