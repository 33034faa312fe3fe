import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { mint, rsaKey } from '../packages/auth/test/authority.js'

// What the servers are measured in front of: an authorization server and a management API that cost little. It runs in a
// process of its own, on the core of the load. Argument: its port. `GET /mint?sub=…&aud=…` gives a token.

const port = Number(process.argv[2])
const issuer = `http://127.0.0.1:${port}`
const keys = JSON.stringify({
  keys: [{ ...rsaKey.publicKey.export({ format: 'jwk' }), kid: rsaKey.kid, alg: rsaKey.alg, use: 'sig' }],
})
const subjectOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub

createServer(async (req, res) => {
  const url = new URL(req.url ?? '', issuer)
  const answer = (body: string) => {
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    res.end(body)
  }
  if (url.pathname === '/api/v1/environments') {
    const name = `of ${(req.headers.authorization ?? '').split('api-of-')[1]}`
    return answer(
      `{"environments":[{"id":"env_1","display_name":"${name}","type":"DEV","domain":"env-1.example.com"}],"total_size":1}`,
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
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: issuer,
      aud: url.searchParams.get('aud'),
      sub: url.searchParams.get('sub'),
      exp: now + 43_200,
    }
    return answer(
      mint(rsaKey, {
        ...claims,
        scope: 'environment:read organization:read',
        scopes: ['environment:read', 'organization:read'],
      }),
    )
  }
  res.writeHead(404).end()
}).listen(port, '127.0.0.1')
