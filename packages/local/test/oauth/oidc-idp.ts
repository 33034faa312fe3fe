import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** What reached the identity provider. */
export interface Asked {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: URLSearchParams
}

/** What it says, in the ID token and at its UserInfo endpoints, and with which keys it signs. */
export interface Says {
  claims: Record<string, unknown>
  userinfo?: Record<string, unknown>
  keys?: 'discovered' | 'set'
}

const DISCOVERY = '/.well-known/openid-configuration'

/**
 * An OpenID Connect identity provider that keeps what it is asked. Each endpoint exists twice: as its discovery
 * document lists it, and below `/set`, where only a connection that sets it goes. Both have their own keys.
 */
export async function startOidcIdp(clientId: string) {
  const keys = { discovered: await generateKeyPair('RS256'), set: await generateKeyPair('RS256') }
  const asked: Asked[] = []
  let says: Says = { claims: {} }

  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    asked.push({ path, headers: request.headers, body: new URLSearchParams(await text(request)) })
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(await answer(path)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function answer(path: string): Promise<unknown> {
    const set = path.startsWith('/set/')
    switch (path.replace('/set', '')) {
      case DISCOVERY:
        return {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          userinfo_endpoint: `${issuer}/userinfo`,
        }
      case '/keys':
        return { keys: [await exportJWK(keys[set ? 'set' : 'discovered'].publicKey)] }
      case '/userinfo':
        return { sub: says.claims.sub, ...says.userinfo }
      default:
        return { token_type: 'Bearer', access_token: 'theirs', id_token: await idToken() }
    }
  }

  function idToken(): Promise<string> {
    return new SignJWT({ iss: issuer, aud: clientId, ...says.claims })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuedAt()
      .setExpirationTime('1 minute')
      .sign(keys[says.keys ?? 'discovered'].privateKey)
  }

  return {
    issuer,
    discovery: issuer + DISCOVERY,
    /** An endpoint that discovery does not list. */
    set: (name: string) => `${issuer}/set/${name}`,
    asked,
    says(next: Says) {
      says = next
    },
    close: () => server.close(),
  }
}
