import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { mint, rsaKey } from '../packages/auth/test/authority.js'

// What the servers are measured in front of: an authorization server and a management API that cost little. It runs in a
// process of its own, on the core of the load. Argument: its port. `GET /mint?sub=…&aud=…&client_id=…&scopes=…` gives a token.

const port = Number(process.argv[2])
const issuer = `http://127.0.0.1:${port}`
const SCOPES = ['environment:read', 'organization:read', 'organization:write']
const keys = JSON.stringify({
  keys: [{ ...rsaKey.publicKey.export({ format: 'jwk' }), kid: rsaKey.kid, alg: rsaKey.alg, use: 'sig' }],
})
const subjectOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub

/** The subject: of the token that was exchanged for one of the API, or of a caller's own. */
function callerOf({ headers: { authorization = '' } }: IncomingMessage): string {
  return authorization.split('api-of-')[1] ?? subjectOf(authorization)
}

const environmentOf = (name: string) =>
  `{"id":"env_1","display_name":"${name}","type":"DEV","domain":"env-1.example.com"}`

// A server that is not measured for a while finds its connections open.
createServer({ keepAliveTimeout: 600_000 }, async (req, res) => {
  const url = new URL(req.url ?? '', issuer)
  const answer = (body: string) => {
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    res.end(body)
  }
  if (url.pathname === '/api/v1/environments') {
    return answer(`{"environments":[${environmentOf(`of ${callerOf(req)}`)}],"total_size":1}`)
  }
  if (url.pathname === '/api/v1/environments/env_1') {
    return answer(`{"environment":${environmentOf('Acme')}}`)
  }
  if (url.pathname === '/api/v1/organizations') {
    await text(req)
    return answer(
      `{"organization":{"id":"org_1","display_name":"of ${callerOf(req)}","create_time":"2026-11-01T00:00:00Z"}}`,
    )
  }
  if (url.pathname === '/keys') return answer(keys)
  if (url.pathname === '/oauth/token') {
    const subject = subjectOf(new URLSearchParams(await text(req)).get('subject_token') ?? '')
    return answer(
      `{"access_token":"api-of-${subject}","token_type":"Bearer","expires_in":3600,"issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}`,
    )
  }
  if (url.pathname === '/mint') {
    const scopes = url.searchParams.get('scopes')?.split(' ').filter(Boolean) ?? SCOPES
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: issuer,
      aud: url.searchParams.get('aud'),
      sub: url.searchParams.get('sub'),
      exp: now + 43_200,
    }
    const client = url.searchParams.get('client_id')
    return answer(
      mint(rsaKey, {
        ...claims,
        ...(client ? { client_id: client } : {}),
        scope: scopes.join(' '),
        scopes,
      }),
    )
  }
  res.writeHead(404).end()
}).listen(port, '127.0.0.1')
