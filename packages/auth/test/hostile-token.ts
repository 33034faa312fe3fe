import { constants, createHmac, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { ecKey, newKey, rsaKey, type SigningKey } from './authority.js'

/** How one token of the corpus is built; the grammar stands at the head of the corpus. */
export interface TokenBuild {
  readonly kind: 'jws' | 'template' | 'jwe-garbage'
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
  readonly key?: string
  readonly sign_alg?: string
  readonly raw_header?: string
  readonly raw_payload?: string
  readonly raw_payload_hex?: string
  readonly dup_claim?: [name: string, first: unknown, last: unknown]
  readonly inject_raw?: string
  readonly mutate?: string[]
  readonly mutate_header?: Record<string, unknown>
  readonly template?: string
}

export interface TokenDefaults {
  readonly header: Record<string, unknown>
  readonly claims: Record<string, unknown>
}

export type Names = Readonly<Record<string, string>>

const attackerKey = newKey('attacker-1', 'RS256')
const otherKeys: Readonly<Record<string, SigningKey>> = {
  as: rsaKey,
  'as-es256': ecKey,
  attacker: attackerKey,
  'other-env': newKey('env2-1', 'RS256'),
  withdrawn: newKey('withdrawn-1', 'RS256'),
}

export function buildToken(build: TokenBuild, defaults: TokenDefaults, names: Names): string {
  if (build.kind === 'template') return fromTemplate(build.template ?? '', defaults, names)
  const header = headerText(build, defaults, names)
  if (build.kind === 'jwe-garbage') {
    return [encode(header), ...[256, 12, 64, 16].map((size) => randomBytes(size).toString('base64url'))].join(
      '.',
    )
  }
  const input = `${encode(header)}.${encode(payloadBytes(build, defaults, names))}`
  const token = `${input}.${signatureOf(input, build)}`
  return (build.mutate ?? []).reduce((text, name) => mutated(text, name, build, defaults, names), token)
}

function fromTemplate(template: string, defaults: TokenDefaults, names: Names): string {
  const [h = '', p = '', s = ''] = buildToken({ kind: 'jws' }, defaults, names).split('.')
  return fill(template, { ...names, h, p, s })
}

function headerText(build: TokenBuild, defaults: TokenDefaults, names: Names): string {
  if (build.raw_header !== undefined) return fill(build.raw_header, names)
  const es256 = build.key?.startsWith('as-es256') ? { alg: 'ES256', kid: names.kid_es } : {}
  return JSON.stringify(resolved(merge(merge(defaults.header, es256), build.header ?? {}), names))
}

function payloadBytes(build: TokenBuild, defaults: TokenDefaults, names: Names): Buffer | string {
  if (build.raw_payload_hex !== undefined) return Buffer.from(build.raw_payload_hex, 'hex')
  if (build.raw_payload !== undefined) return fill(build.raw_payload, names)
  const claims = resolved(merge(defaults.claims, build.claims ?? {}), names) as Record<string, unknown>
  if (build.dup_claim) {
    const [name, ...values] = build.dup_claim
    const { [name]: _replaced, ...others } = claims
    const members = values.map((value) => `${JSON.stringify(name)}:${JSON.stringify(resolved(value, names))}`)
    return `{${members.join(',')},${JSON.stringify(others).slice(1)}`
  }
  const text = JSON.stringify(claims)
  return build.inject_raw ? `${text.slice(0, -1)},${build.inject_raw}}` : text
}

function signatureOf(input: string, { key = 'as', sign_alg, header }: TokenBuild): string {
  if (key === 'none') return ''
  if (key === 'zero64') return Buffer.alloc(64).toString('base64url')
  if (key.startsWith('hmac:'))
    return createHmac('sha256', hmacSecret(key.slice(5)))
      .update(input)
      .digest('base64url')
  const pair = otherKeys[key.replace('-der', '')] ?? rsaKey
  const padding =
    (sign_alg ?? header?.alg) === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}
  const dsaEncoding = key.endsWith('-der') ? 'der' : 'ieee-p1363'
  return sign('sha256', Buffer.from(input), { key: pair.privateKey, dsaEncoding, ...padding }).toString(
    'base64url',
  )
}

/** What an attacker can make of the public key (RFC 8725 section 2.1). */
function hmacSecret(name: string): string | Buffer {
  const key: KeyObject = createPublicKey(rsaKey.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
  const pem = key.export({ type: 'spki', format: 'pem' }) as string
  const jwk = key.export({ format: 'jwk' })
  const secrets: Readonly<Record<string, string | Buffer>> = {
    'spki-pem': pem,
    'spki-pem-nonl': pem.trimEnd(),
    'spki-der': key.export({ type: 'spki', format: 'der' }),
    'jwk-n': jwk.n ?? '',
    'jwk-json': JSON.stringify(jwk),
    empty: '',
    'client-secret': 'test_local_secret',
  }
  return secrets[name] ?? ''
}

function mutated(
  token: string,
  name: string,
  build: TokenBuild,
  defaults: TokenDefaults,
  names: Names,
): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  if (name === 'truncate-signature') return `${header}.${payload}.${signature.slice(0, -8)}`
  if (name === 'replace-header') {
    const other = resolved(merge(defaults.header, build.mutate_header ?? {}), names)
    return `${encode(JSON.stringify(other))}.${payload}.${signature}`
  }
  if (name === 'noncanonical-signature-bits') {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet[alphabet.indexOf(signature.slice(-1)) + 1] ?? ''
    return `${header}.${payload}.${signature.slice(0, -1)}${last}`
  }
  throw new Error(`The corpus asks for an unknown mutation: ${name}`)
}

/** JSON merge patch (RFC 7396): null takes the member away. */
function merge(base: Record<string, unknown>, patch: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...base, ...patch }).filter(([, value]) => value !== null))
}

function resolved(value: unknown, names: Names): unknown {
  if (typeof value === 'string') return fill(value, names)
  if (Array.isArray(value)) return value.map((item) => resolved(item, names))
  if (typeof value !== 'object' || value === null) return value
  const [[operator = '', operand] = []] = Object.entries(value)
  if (operator.startsWith('$')) return computed(operator, operand, names)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolved(item, names)]))
}

function computed(operator: string, operand: unknown, names: Names): unknown {
  const text = (template: unknown) => fill(String(template), names)
  const list = Array.isArray(operand) ? operand : []
  switch (operator) {
    case '$null':
      return null
    case '$now':
      return Math.floor(Date.now() / 1000) + Number(operand)
    case '$nowms':
      return Date.now() + Number(operand)
    case '$repeat':
      return String(list[0]).repeat(Number(list[1]))
    case '$replace':
      return text(list[0]).replace(String(list[1]), String(list[2]))
    case '$upper':
      return text(operand).toUpperCase()
    case '$port':
      return text(operand).replace(/:\d+/, ':1')
    case '$pct':
      return text(operand).replace('mcp', '%6dcp')
    case '$ref':
      return { ...attackerKey.publicKey.export({ format: 'jwk' }), kid: attackerKey.kid }
    default:
      throw new Error(`The corpus asks for an unknown operator: ${operator}`)
  }
}

export function fill(template: string, names: Names): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_all, name: string) =>
    name === 'uuid' ? crypto.randomUUID() : (names[name] ?? ''),
  )
}

function encode(value: string | Buffer): string {
  return Buffer.from(value).toString('base64url')
}
