import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { Agent, request } from 'undici'
import * as z from 'zod'
import { optInToolsets } from '../../packages/server/dist/tool.js'
import { tools } from '../../packages/server/dist/tools/index.js'

// The least that could answer: bare node:http, the list made once, the token checked once and remembered. It checks
// nothing else, so it is no server to run; it is what the others are measured against.

const { PORT = '', ISSUER = '', RESOURCE = '' } = process.env
const keys = createRemoteJWKSet(new URL(`${ISSUER}/keys`))
const agent = new Agent({ connections: 64 })
const known = new Map<string, string>()
const list = JSON.stringify(
  tools
    .filter(({ toolset }) => !optInToolsets.some((optIn) => optIn === toolset))
    .map(({ name, title, description, input }) => ({
      name,
      title,
      description,
      inputSchema: z.toJSONSchema(input, { io: 'input' }),
    })),
)
const metadata = JSON.stringify({ resource: RESOURCE, authorization_servers: [ISSUER] })
const challenge = { 'www-authenticate': `Bearer resource_metadata="${RESOURCE}"` }

createServer(async (req, res) => {
  if (req.method === 'GET') return send(res, 200, metadata)
  const subject = await verify(req.headers.authorization)
  if (subject === undefined) return send(res, 401, '{"error":"unauthorized"}', challenge)
  const { id, method, params } = JSON.parse(await bodyOf(req))
  if (method === 'tools/list')
    return send(res, 200, `{"jsonrpc":"2.0","id":${id},"result":{"tools":${list}}}`)
  const text = await resultOf(params.name, subject, params.arguments)
  send(
    res,
    200,
    `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":${JSON.stringify(text)}}],"structuredContent":${text}}}`,
  )
}).listen(Number(PORT), '127.0.0.1')

async function verify(header = ''): Promise<string | undefined> {
  const token = header.slice('Bearer '.length)
  if (!token) return undefined
  const digest = createHash('sha256').update(token).digest('base64')
  const found = known.get(digest)
  if (found) return found
  const { payload } = await jwtVerify(token, keys, {
    issuer: ISSUER,
    audience: RESOURCE,
    algorithms: ['RS256'],
  })
  known.set(digest, payload.sub ?? '')
  return payload.sub
}

async function resultOf(tool: string, subject: string, args: { name: string }): Promise<string> {
  if (tool === 'whoami') return JSON.stringify({ subject })
  return tool === 'list_environments' ? environments(subject) : newOrganization(subject, args)
}

async function environments(subject: string): Promise<string> {
  const { body } = await request(`${ISSUER}/api/v1/environments`, {
    dispatcher: agent,
    headers: { authorization: `Bearer api-of-${subject}` },
  })
  const { environments } = (await body.json()) as { environments: object[] }
  return JSON.stringify({ items: environments })
}

async function newOrganization(subject: string, { name }: { name: string }): Promise<string> {
  const { body } = await request(`${ISSUER}/api/v1/organizations`, {
    dispatcher: agent,
    method: 'POST',
    headers: {
      authorization: `Bearer api-of-${subject}`,
      'content-type': 'application/json',
      'x-env-domain': 'env-1.example.com',
    },
    body: JSON.stringify({ display_name: name }),
  })
  return JSON.stringify(await body.json())
}

function bodyOf(req: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).toString()))
  })
}

function send(res: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  res.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  res.end(body)
}
