import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { ecKey, rsaKey, type SigningKey } from '../../packages/auth/test/authority.js'

/** What the runner plays in front of the server: authorization server, management API and a canary host. */
export interface PlayedScalekit {
  readonly url: string
  readonly canaryUrl: string
  /** The `jti` of the tokens that introspection reports as not active, however they are spelled. */
  readonly revoked: Set<unknown>
  /** Milliseconds before the management API answers: everybody, or one subject. */
  delay: number
  readonly delays: Map<string, number>
  /** The subjects of the API calls so far, in their order. */
  readonly callers: string[]
  readonly counts: { apiCalls: number; keySetReads: number; canaryHits: number }
  /** Everything that the API was sent, until it is taken. */
  takeReceived(): string
  close(): Promise<void>
}

/** The token that the API is called with: it names the subject that the exchanged token had. */
const API_TOKEN = 'api-token-of-'

export async function playScalekit(): Promise<PlayedScalekit> {
  const counts = { apiCalls: 0, keySetReads: 0, canaryHits: 0 }
  const revoked = new Set<unknown>()
  const delays = new Map<string, number>()
  const callers: string[] = []
  let received = ''
  const played = { delay: 0 }

  const scalekit = createServer(async (req, res) => {
    const answer = (status: number, body: unknown) => {
      res.writeHead(status, { 'content-type': 'application/json' })
      res.end(JSON.stringify(body))
    }
    const body = await text(req)
    const path = req.url?.split('?')[0]
    if (path === '/keys') {
      counts.keySetReads++
      return answer(200, { keys: [rsaKey, ecKey].map(publicJwk) })
    }
    if (path === '/oauth/introspect')
      return answer(200, { active: !revoked.has(claimsOf(new URLSearchParams(body).get('token') ?? '').jti) })
    if (path === '/oauth/token') return answer(200, exchanged(body))
    const subject = subjectOf(req)
    counts.apiCalls++
    callers.push(subject)
    received += `${req.method} ${req.url} ${JSON.stringify(req.rawHeaders)} ${body}\n`
    await new Promise((resolve) => setTimeout(resolve, delays.get(subject) ?? played.delay).unref())
    if (path === '/api/v1/environments')
      return answer(200, { environments: [environmentOf(subject)], total_size: 1 })
    answer(404, { code: 5, message: 'not found', details: [] })
  })
  const canary = createServer((_, res) => {
    counts.canaryHits++
    res.end('{}')
  })
  const [url, canaryUrl] = await Promise.all([listen(scalekit), listen(canary)])

  return Object.assign(played, {
    url,
    canaryUrl,
    revoked,
    delays,
    callers,
    counts,
    takeReceived() {
      const taken = received
      received = ''
      return taken
    },
    async close() {
      for (const server of [scalekit, canary]) {
        server.closeAllConnections()
        await new Promise((closed) => server.close(closed))
      }
    },
  })
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** RFC 8693 section 2.2.1 */
function exchanged(body: string): object {
  const subject = claimsOf(new URLSearchParams(body).get('subject_token') ?? '').sub
  return {
    access_token: API_TOKEN + Buffer.from(String(subject)).toString('base64url'),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 300,
  }
}

export function claimsOf(token: string): { sub?: unknown; jti?: unknown; scope?: unknown; scopes?: unknown } {
  try {
    return Object(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')))
  } catch {
    return {}
  }
}

function subjectOf(req: IncomingMessage): string {
  return Buffer.from(req.headers.authorization?.split(API_TOKEN)[1] ?? '', 'base64url').toString()
}

/** The one environment of each subject carries its name, so that an answer to another subject shows. */
function environmentOf(subject: string): object {
  return { id: 'env_1', display_name: `of ${subject}`, type: 'DEV', domain: 'env-1.example.com' }
}

function publicJwk({ publicKey, kid, alg }: SigningKey): object {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }
}
