import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

type Document = Record<string, unknown>

/** How a server differs from a valid one. */
export interface Defect {
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Answers a request without a token. */
  readonly withoutToken?: (res: ServerResponse) => void
  readonly scope?: string
  readonly metadata?: (document: Document) => Document | undefined
  readonly issuer?: (document: Document) => Document | undefined
  /** Answers a message instead; false leaves it to the server. */
  readonly answer?: (method: string, era: string | undefined, res: ServerResponse) => boolean
  readonly headers?: Readonly<Record<string, string>>
}

export interface McpServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/** A small MCP server with its authorization server, valid except for one defect. It accepts every token. */
export async function startMcpServer(defect: Defect = {}): Promise<McpServer> {
  const server: Server = defect.tls ? createTlsServer(defect.tls) : createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `${defect.tls ? 'https' : 'http'}://localhost:${port}`
  server.on('request', listener(origin, defect))
  return {
    url: `${origin}/mcp`,
    port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function listener(origin: string, defect: Defect): RequestListener {
  const resource = `${origin}/mcp`
  const issuer = `${origin}/tenant`
  const documents: Record<string, Document | undefined> = {
    '/.well-known/oauth-protected-resource/mcp': change(defect.metadata, {
      resource,
      authorization_servers: [issuer],
    }),
    '/.well-known/oauth-authorization-server/tenant': change(defect.issuer, {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      registration_endpoint: `${issuer}/register`,
      code_challenge_methods_supported: ['S256'],
      scopes_supported: ['things:read'],
    }),
  }
  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    for (const [name, value] of Object.entries(defect.headers ?? {})) res.setHeader(name, value)
    const [path = ''] = req.url?.split('?') ?? []
    if (path !== '/mcp') return send(res, documents[path] ? 200 : 404, documents[path] ?? {})
    if (!req.headers.authorization) {
      if (defect.withoutToken) return defect.withoutToken(res)
      const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`
      res.setHeader(
        'www-authenticate',
        `Bearer scope="${defect.scope ?? 'things:read'}", resource_metadata="${metadata}"`,
      )
      return send(res, 401, {})
    }
    const { id, method, params } = JSON.parse(await bodyOf(req))
    const era = req.headers['mcp-protocol-version'] as string | undefined
    if (defect.answer?.(method, era, res)) return
    send(res, 200, { jsonrpc: '2.0', id, result: results[method]?.(params) })
  }
  return (req, res) => void serve(req, res)
}

const results: Record<string, (params: Document) => Document> = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: {},
    serverInfo: { name: 'x', version: '1' },
  }),
  'tools/list': () => ({
    tools: [{ name: 'now', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }],
  }),
  'tools/call': () => ({ content: [] }),
}

const change = (by: ((document: Document) => Document | undefined) | undefined, document: Document) =>
  by ? by(document) : document

export function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
