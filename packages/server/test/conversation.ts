import { createParser } from 'eventsource-parser'
import { type Posted, postMessage } from './post-message.js'

/** What the server asks a client of 2025 on the stream of a call. */
export interface AskedRequest {
  readonly id: string
  readonly method: string
  readonly params: Record<string, unknown>
}

/** How the answer differs from that of the client that was asked. */
export interface ReplyAs {
  readonly url?: string
  readonly token?: string
  readonly session?: string
  readonly id?: unknown
}

/** A call that waits for its client's answer, past any SDK. */
export interface Conversation {
  readonly session: string
  /** Of the call that asks. */
  readonly requestId: string | null
  readonly question: AskedRequest
  /** Posts a response: a result or an error. */
  reply(answer: object, as?: ReplyAs): Promise<Posted>
  /** What the call ends with: the JSON of its text. */
  result(): Promise<unknown>
  /** Ends the connection of the call. */
  leave(): Promise<void>
}

/** Begins a session of a client that can ask. @returns its id */
export async function beginSession(url: string, token: string): Promise<string> {
  const { headers } = await postMessage(url, token, 'initialize', {
    protocolVersion: '2025-11-25',
    capabilities: { elicitation: {} },
    clientInfo: { name: 'test', version: '1' },
  })
  return headers.get('mcp-session-id') ?? ''
}

/** What a call has beside its tool and arguments. */
export interface CallAs {
  /** A new one unless it is given. */
  readonly session?: string
  readonly params?: object
  readonly headers?: Record<string, string>
}

/** Calls a tool that asks. */
export async function openConversation(
  url: string,
  token: string,
  tool: string,
  args: object,
  { session: known, params, headers }: CallAs = {},
): Promise<Conversation> {
  const session = known ?? (await beginSession(url, token))
  const leaving = new AbortController()
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headersFor(token, session), ...headers },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: tool, arguments: args, ...params },
    }),
    signal: leaving.signal,
  })
  const messages = messagesOf(response)
  const question = (await messages.next()).value as AskedRequest
  if (question?.method !== 'elicitation/create') {
    throw new Error(`no question but ${response.status} ${JSON.stringify(question)}`)
  }
  return {
    session,
    requestId: response.headers.get('x-request-id'),
    question,
    async reply(answer, as = {}) {
      const replied = await fetch(as.url ?? url, {
        method: 'POST',
        headers: headersFor(as.token ?? token, as.session ?? session),
        body: JSON.stringify({ jsonrpc: '2.0', id: as.id ?? question.id, ...answer }),
      })
      const text = await replied.text()
      return { status: replied.status, headers: replied.headers, text, message: text ? JSON.parse(text) : {} }
    },
    async result() {
      const { value } = await messages.next()
      const { result } = value as { result?: { content: { text: string }[] } }
      return JSON.parse(result?.content[0]?.text ?? 'null')
    },
    async leave() {
      leaving.abort()
      await messages.next().catch(() => undefined)
    },
  }
}

function headersFor(token: string, session: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-11-25',
    ...(session ? { 'mcp-session-id': session } : {}),
  }
}

async function* messagesOf(response: Response): AsyncGenerator<unknown, undefined> {
  const messages: unknown[] = []
  const parser = createParser({ onEvent: ({ data }) => messages.push(JSON.parse(data)) })
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
    yield* messages.splice(0)
  }
}
