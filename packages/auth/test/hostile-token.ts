import { randomBytes } from 'node:crypto'
import { jwkNames, signatureOf } from './hostile-signature.js'
import { UnknownName } from './hostile-unknown-name.js'
import { fill, mergePatch, type Names, resolve } from './hostile-values.js'

/** A text that is long because a part of it repeats. */
export interface GeneratedText {
  readonly prefix?: string
  readonly unit?: string
  readonly times?: number
  readonly tail_unit?: string
  readonly suffix?: string
}

/** How one token of the corpus is built; the grammar is at the head of the corpus. */
export interface TokenBuild {
  readonly kind: string
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
  readonly key?: string
  readonly sign_alg?: string
  readonly raw_header?: string
  readonly raw_payload?: string
  readonly raw_payload_gen?: GeneratedText
  readonly raw_payload_hex?: string
  readonly dup_claim?: [name: string, first: unknown, last: unknown]
  readonly inject_raw?: string
  readonly mutate?: string | string[]
  readonly mutate_header?: Record<string, unknown>
  readonly mutate_claims?: Record<string, unknown>
  readonly template?: string
}

export interface TokenDefaults {
  readonly header: Record<string, unknown>
  readonly claims: Record<string, unknown>
}

type Json = Record<string, unknown>

interface Parts {
  readonly header: string
  readonly payload: string
  readonly signature: string
}

/** The whole of a build, with what it is built from. */
interface Plan extends TokenDefaults {
  readonly build: TokenBuild
  readonly names: Names
}

const kinds: Readonly<Record<string, (plan: Plan) => string>> = {
  jws: signed,
  template: fromTemplate,
  'jwe-garbage': (plan) =>
    [
      encode(headerText(plan)),
      ...[256, 12, 64, 16].map((size) => randomBytes(size).toString('base64url')),
    ].join('.'),
}

/** Changes to a token after it was signed. */
export const mutations: Readonly<Record<string, (parts: Parts, plan: Plan) => Parts>> = {
  'flip-signature': (parts) => {
    const bytes = Buffer.from(parts.signature, 'base64url')
    bytes[0] = (bytes[0] ?? 0) ^ 1
    return { ...parts, signature: bytes.toString('base64url') }
  },
  'truncate-signature': (parts) => ({ ...parts, signature: parts.signature.slice(0, -8) }),
  'noncanonical-signature-bits': (parts) => {
    const last = BASE64URL[BASE64URL.indexOf(parts.signature.slice(-1)) + 1] ?? ''
    return { ...parts, signature: parts.signature.slice(0, -1) + last }
  },
  'replace-header': (parts, { build, header, names }) => ({
    ...parts,
    header: encode(JSON.stringify(resolve(mergePatch(header, build.mutate_header ?? {}), names))),
  }),
  'replace-payload-claims': (parts, { build, names }) => ({
    ...parts,
    payload: encode(
      JSON.stringify(resolve(mergePatch(claimsIn(parts.payload), build.mutate_claims ?? {}), names)),
    ),
  }),
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** A token as a case of the corpus describes it. @throws UnknownName for what the grammar does not have */
export function buildToken(build: TokenBuild, defaults: TokenDefaults, names: Names): string {
  const make = kinds[build.kind]
  if (!make) throw new UnknownName('kind', build.kind)
  return make({ ...defaults, build, names: { ...jwkNames, ...names } })
}

function signed(plan: Plan): string {
  const { build } = plan
  const header = headerText(plan)
  const unsigned = { header: encode(header), payload: encode(payloadOf(plan)) }
  const alg = build.sign_alg ?? algorithmIn(header)
  const signature = signatureOf(`${unsigned.header}.${unsigned.payload}`, build.key ?? 'as', alg)
  const parts = [build.mutate ?? []].flat().reduce(
    (each: Parts, name) => {
      const mutate = mutations[name]
      if (!mutate) throw new UnknownName('mutation', name)
      return mutate(each, plan)
    },
    { ...unsigned, signature },
  )
  return `${parts.header}.${parts.payload}.${parts.signature}`
}

function fromTemplate(plan: Plan): string {
  const [h = '', p = '', s = ''] = signed({ ...plan, build: { kind: 'jws' } }).split('.')
  return fill(plan.build.template ?? '', { ...plan.names, h, p, s })
}

function headerText({ build, header, names }: Plan): string {
  if (build.raw_header !== undefined) return fill(build.raw_header, names)
  const es256 = build.key?.startsWith('as-es256') ? { alg: 'ES256', kid: names.kid_es } : {}
  return JSON.stringify(resolve(mergePatch({ ...header, ...es256 }, build.header ?? {}), names))
}

function payloadOf({ build, claims, names }: Plan): Buffer | string {
  if (build.raw_payload_hex !== undefined) return Buffer.from(build.raw_payload_hex, 'hex')
  if (build.raw_payload_gen !== undefined) return fill(generatedText(build.raw_payload_gen), names)
  if (build.raw_payload !== undefined) return fill(build.raw_payload, names)
  const members = resolve(mergePatch(claims, build.claims ?? {}), names) as Json
  if (build.dup_claim) {
    const [name, ...values] = build.dup_claim
    const { [name]: _replaced, ...others } = members
    const twice = values.map((value) => `${JSON.stringify(name)}:${JSON.stringify(resolve(value, names))}`)
    return `{${twice.join(',')},${JSON.stringify(others).slice(1)}`
  }
  const text = JSON.stringify(members)
  return build.inject_raw === undefined ? text : `${text.slice(0, -1)},${fill(build.inject_raw, names)}}`
}

export function generatedText({
  prefix = '',
  unit = '',
  times = 1,
  tail_unit = '',
  suffix = '',
}: GeneratedText) {
  return `${prefix}${unit.repeat(times)}${tail_unit.repeat(times)}${suffix}`
}

function algorithmIn(header: string): string | undefined {
  const { alg } = asJson(header)
  return typeof alg === 'string' ? alg : undefined
}

const claimsIn = (payload: string) => asJson(Buffer.from(payload, 'base64url').toString('utf8'))

function asJson(text: string): Json {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

function encode(value: string | Buffer): string {
  return Buffer.from(value).toString('base64url')
}
