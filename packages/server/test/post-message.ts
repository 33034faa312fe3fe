/** The answer of one POST, as a client of 2025-11-25 without a session sees it. */
export interface Posted {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON-RPC message, from a body of JSON or the last event of a stream. */
  readonly message: {
    id?: unknown
    result?: { isError?: boolean; content?: { text: string }[]; [member: string]: unknown }
    error?: { code: number; message: string }
  }
}

export interface PostOptions {
  readonly id?: unknown
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
  /** MCP 2026-07-28: every request says itself which revision it speaks. */
  readonly era?: '2026-07-28' | '2025-11-25'
  /** Of the client, in the modern era. */
  readonly capabilities?: Record<string, unknown>
}

/** Posts one JSON-RPC request, past any SDK. */
export async function postMessage(
  url: string,
  token: string,
  method: string,
  params: Record<string, unknown> = {},
  { id = 1, headers = {}, signal, era = '2025-11-25', capabilities = {} }: PostOptions = {},
): Promise<Posted> {
  const modern = era === '2026-07-28'
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      // A connection for each request: the server closes idle ones, and POST is not repeated where that happens as it is sent.
      connection: 'close',
      'mcp-protocol-version': era,
      ...(modern ? { 'mcp-method': method } : {}),
      ...(modern && typeof params.name === 'string' ? { 'mcp-name': params.name } : {}),
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id,
      method,
      params: modern
        ? { ...params, _meta: { ...modernMeta(capabilities), ...(params._meta as object) } }
        : params,
    }),
    ...(signal ? { signal } : {}),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, message: lastMessage(text) }
}

/** Calls a tool. */
export function postCall(
  url: string,
  token: string,
  name: string,
  args: Record<string, unknown> = {},
  { params = {}, ...options }: PostOptions & { readonly params?: Record<string, unknown> } = {},
): Promise<Posted> {
  return postMessage(url, token, 'tools/call', { name, arguments: args, ...params }, options)
}

/** What a failed call says; undefined when it did not fail. */
export function toolErrorOf({
  message,
}: Posted): { code: string; message: string; nextStep: string } | undefined {
  if (!message.result?.isError) return undefined
  return JSON.parse(message.result.content?.[0]?.text ?? '{}').error
}

const modernMeta = (capabilities: Record<string, unknown>) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': capabilities,
})

function lastMessage(text: string): Posted['message'] {
  const data = text.split('\n').filter((line) => line.startsWith('data: '))
  try {
    return JSON.parse(data.at(-1)?.slice('data: '.length) ?? text)
  } catch {
    return {}
  }
}
