import type { RawResponse } from '../../packages/auth/test/raw-http.js'

export type Json = Record<string, unknown>

export function headerOf({ headers }: RawResponse, name: string): string | undefined {
  const values = headers.filter(([header]) => header === name.toLowerCase()).map(([, value]) => value)
  return values.length > 0 ? values.join(', ') : undefined
}

/** The body without its transfer coding (RFC 9112 section 7.1). */
export function bodyOf(response: RawResponse): string {
  if (headerOf(response, 'transfer-encoding') === undefined) return response.body
  const bytes = Buffer.from(response.body)
  let text = ''
  let at = 0
  for (;;) {
    const end = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16)
    if (end < 0 || !(size > 0)) return text
    text += bytes.toString('utf8', end + 2, end + 2 + size)
    at = end + 2 + size + 2
  }
}

/** The JSON of an answer: its body, or the last message of its event stream. */
export function messageOf(response: RawResponse): Json | undefined {
  const text = bodyOf(response)
  const events = text.split('\n').filter((line) => line.startsWith('data:'))
  try {
    return Object(JSON.parse(events.at(-1)?.slice('data:'.length) ?? text))
  } catch {
    return undefined
  }
}

export function rpcCodeOf(response: RawResponse): unknown {
  return Object(messageOf(response)?.error).code
}

/** A result of a tool that is an error, or a JSON-RPC error. */
export function isToolError(response: RawResponse): boolean {
  const message = messageOf(response)
  return message?.error !== undefined || Object(message?.result).isError === true
}

/** The code of a tool's error, of a JSON-RPC error, or of an OAuth error. */
export function errorCodeOf(response: RawResponse): unknown {
  const message = messageOf(response)
  const [content] = [Object(message?.result).content].flat()
  try {
    return Object(JSON.parse(Object(content).text).error).code
  } catch {
    return typeof message?.error === 'string' ? message.error : rpcCodeOf(response)
  }
}

export function isUnknownTool(response: RawResponse): boolean {
  return /^Unknown tool/.test(String(Object(messageOf(response)?.error).message))
}
