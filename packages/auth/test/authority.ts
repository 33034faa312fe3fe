import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface SigningKey {
  readonly kid: string
  readonly alg: 'RS256' | 'ES256'
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** What the authorization server does from now on; the tests turn these. */
export interface Behaviour {
  /** The published keys. */
  keys: SigningKey[]
  /** Answers instead of the key set, or never. */
  keySetStatus: number
  keySetBody: string | undefined
  introspectionStatus: number
  /** Introspection never answers. */
  introspectionIsSilent: boolean
  /** So many introspections from now on are answered with 500. */
  failingIntrospections: number
  /** Answers instead of whether the token is active. */
  introspectionBody: unknown
  /** Where the metadata is; RFC 8414 by default. */
  metadataPath: string
  jwksUri: unknown
  metadataIssuer: string | undefined
}

export interface Authority {
  readonly issuer: string
  readonly jwksUrl: string
  readonly introspectionUrl: string
  readonly behaviour: Behaviour
  readonly keySetReads: () => number
  readonly metadataReads: () => number
  readonly introspections: {
    authorization: string | undefined
    contentType: string | undefined
    accept: string | undefined
    hint: string | null
    token: string
  }[]
  readonly mostIntrospectionsAtOnce: () => number
  /** Tokens of which introspection says that they are not active. */
  readonly revoked: Set<string>
  close(): Promise<void>
}

export const rsaKey = newKey('rsa-1', 'RS256')
export const ecKey = newKey('ec-1', 'ES256')

export function newKey(kid: string, alg: SigningKey['alg']): SigningKey {
  const pair =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    kid,
    alg,
    privateKey: createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKey: pair.publicKey,
  }
}

/** A token as a good authorization server makes it; `null` takes a member away. */
export function mint(
  key: SigningKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): string {
  const without = (record: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null))
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const input = [
    encode(without({ alg: key.alg, typ: 'at+jwt', kid: key.kid, ...header })),
    encode(
      without({
        sub: 'usr_1',
        client_id: 'skc_1',
        iat: now,
        exp: now + 300,
        jti: crypto.randomUUID(),
        ...claims,
      }),
    ),
  ].join('.')
  const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

/** An authorization server with metadata, a key set and introspection, on a free port. */
export async function startAuthority(): Promise<Authority> {
  const behaviour: Behaviour = {
    keys: [rsaKey, ecKey],
    keySetStatus: 200,
    keySetBody: undefined,
    introspectionStatus: 200,
    introspectionIsSilent: false,
    failingIntrospections: 0,
    introspectionBody: undefined,
    metadataPath: '/.well-known/oauth-authorization-server',
    jwksUri: undefined,
    metadataIssuer: undefined,
  }
  const revoked = new Set<string>()
  const introspections: Authority['introspections'] = []
  let keySetReads = 0
  let metadataReads = 0
  let introspecting = 0
  let mostIntrospecting = 0

  const server = createServer(async (req, res) => {
    const answer = (status: number, body: unknown) => {
      res.writeHead(status, { 'content-type': 'application/json' })
      res.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    if (req.url === behaviour.metadataPath) {
      metadataReads++
      const jwks_uri = behaviour.jwksUri ?? `${issuer}/keys`
      return answer(200, { issuer: behaviour.metadataIssuer ?? issuer, jwks_uri })
    }
    if (req.url === '/keys') {
      keySetReads++
      return answer(behaviour.keySetStatus, behaviour.keySetBody ?? { keys: behaviour.keys.map(publicJwk) })
    }
    if (req.url === '/introspect') {
      mostIntrospecting = Math.max(mostIntrospecting, ++introspecting)
      res.once('close', () => introspecting--)
      const form = new URLSearchParams(await text(req))
      const token = form.get('token') ?? ''
      const { authorization, accept, 'content-type': contentType } = req.headers
      introspections.push({ authorization, contentType, accept, hint: form.get('token_type_hint'), token })
      if (behaviour.introspectionIsSilent) return
      if (behaviour.failingIntrospections > 0) {
        behaviour.failingIntrospections--
        return answer(500, {})
      }
      return answer(
        behaviour.introspectionStatus,
        behaviour.introspectionBody ?? { active: !revoked.has(token) },
      )
    }
    answer(404, {})
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    issuer,
    jwksUrl: `${issuer}/keys`,
    introspectionUrl: `${issuer}/introspect`,
    behaviour,
    keySetReads: () => keySetReads,
    metadataReads: () => metadataReads,
    introspections,
    mostIntrospectionsAtOnce: () => mostIntrospecting,
    revoked,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

function publicJwk({ publicKey, kid, alg }: SigningKey): object {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }
}
