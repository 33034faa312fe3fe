import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import type { JWK } from 'jose'
import { Provider } from 'oidc-provider'
import { rsaKey } from './authority.js'

/** What an issuer makes of the token that it is about to sign. */
export type Customize = (jwt: { header: object | undefined; payload: Record<string, unknown> }) => void

export interface IssuerServer {
  readonly issuer: string
  /** A token for a client of its own, from the token endpoint. */
  token(resource: string, scope: string): Promise<string>
  close(): Promise<void>
}

const CLIENT = { client_id: 'robot', client_secret: 'robot-secret' }

/** An authorization server with the discovery, the keys and the token endpoint of oidc-provider, and tokens of another form. */
export async function startIssuer(path: string, scopes: string, customize: Customize): Promise<IssuerServer> {
  const app = express()
  const server: Server = createServer(app)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  const { kid, alg, privateKey } = rsaKey
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } as JWK] },
    clients: [
      {
        ...CLIENT,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    formats: { customizers: { jwt: (_ctx, _token, jwt) => customize(jwt as Parameters<Customize>[0]) } },
    ttl: { ClientCredentials: 300 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, audience) => ({
          audience,
          scope: scopes,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  })
  app.use(path, provider.callback())

  return {
    issuer,
    async token(resource, scope) {
      const response = await fetch(`${issuer.replace(/\/$/, '')}/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials', ...CLIENT, resource, scope }),
      })
      const { access_token } = (await response.json()) as { access_token: string }
      return access_token
    },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
