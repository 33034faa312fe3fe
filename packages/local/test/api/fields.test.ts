import { existsSync, readFileSync } from 'node:fs'
import type { DescMethod, Message } from '@bufbuild/protobuf'
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import {
  authOption,
  createRestTransport,
  errorReason,
  httpBindings,
  requestFields,
  services,
} from '@scalekit-mcp/api'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { REFUSED_FIELDS, type RefusedField } from '../../src/api/fields/refused-fields.js'
import { openWire } from './every-method/wire.js'
import { ELSEWHERE } from './fields/elsewhere.js'
import { HONOURED } from './fields/honoured.js'
import { OUTPUT_ONLY } from './fields/output-only.js'
import { sampleRequest } from './fields/sample-request.js'
import { DEV, type Local, startLocal } from './local.js'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

const nameOf = (method: DescMethod, path: string) => `${method.parent.typeName}.${method.name}:${path}`
const names = (rows: readonly (readonly [DescMethod, ...string[]])[]) =>
  rows.flatMap(([method, ...paths]) => paths.map((path) => nameOf(method, path)))

const honoured = HONOURED.flatMap(({ fields }) => names(fields))
const elsewhere = ELSEWHERE.flatMap(({ methods, paths }) =>
  methods.flatMap((method) => paths.map((path) => nameOf(method, path))),
)
const refused = REFUSED_FIELDS.map(({ method, field }) => nameOf(method, field.path))
const known = new Set(
  services.flatMap(({ methods }) =>
    methods.flatMap((one) => requestFields(one).map(({ path }) => nameOf(one, path))),
  ),
)
const ignored = OUTPUT_ONLY.flatMap(([, methods, paths]) =>
  methods.flatMap((method) => paths.map((path) => nameOf(method, path)).filter((name) => known.has(name))),
)

describe('every field of every request that is served', () => {
  it('is honoured, refused, or only in answers', async () => {
    const headers = { 'x-scalekit-local': '1' }
    const { served } = (await local.rest('GET', '/__local/coverage', { headers })).body as {
      served: string[]
    }
    const methods = services
      .flatMap((service) => service.methods)
      .filter((method) => served.includes(`${method.parent.typeName}.${method.name}`))
    const all = methods.flatMap((method) =>
      requestFields(method).map((field) => ({ ...field, name: nameOf(method, field.path) })),
    )
    const listed = [...honoured, ...elsewhere, ...refused, ...ignored]
    const unlisted = all.filter(({ name, outputOnly }) => !outputOnly && !listed.includes(name))
    expect(unlisted.map(({ name }) => name)).toEqual([])
    const existing = new Set(all.map(({ name }) => name))
    expect(listed.filter((name) => !existing.has(name))).toEqual([])
    expect(listed.filter((name, index) => listed.indexOf(name) !== index)).toEqual([])
  })

  it.each(ELSEWHERE)('has its effect in a test that names it: $test', ({ test, paths }) => {
    const file = new URL(`../../../../${test}`, import.meta.url)
    expect(existsSync(file)).toBe(true)
    const code = withoutComments(readFileSync(file, 'utf8'))
    const missing = paths.filter((path) => {
      const name = path.split('.').at(-1) ?? ''
      const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
      return !new RegExp(`\\b(${name}|${camel})\\b`).test(code)
    })
    expect(missing).toEqual([])
  })
})

describe('what is honoured is seen', () => {
  it.each(HONOURED)('$seen', async ({ fields, observe }) => {
    const wire = await openWire(local)
    await observe({ local, wire })
    expect(names(fields).filter((name) => !wire.set.has(name))).toEqual([])
  })
})

describe('what is not honoured is refused', () => {
  it('as Unimplemented, naming the field, over gRPC and REST', async () => {
    const wrong: string[] = []
    for (const one of REFUSED_FIELDS) {
      const name = nameOf(one.method, one.field.path)
      for (const [protocol, answer] of Object.entries(await answers(one))) {
        if (answer?.code !== Code.Unimplemented || !answer.fields.includes(one.field.path))
          wrong.push(`${name} over ${protocol}: ${answer?.message}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('in the details of the JSON', async () => {
    const token = await local.client(DEV)
    const body = { debug_enabled: true }
    const answer = await local.rest('PATCH', '/api/v1/connections/conn_100000000000000001', { token, body })
    expect(answer.status).toBe(501)
    expect(answer.body.details).toEqual([
      expect.objectContaining({
        '@type': 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo',
        error_code: 'UNIMPLEMENTED',
        validation_error_info: {
          field_violations: [expect.objectContaining({ field: 'connection.debug_enabled' })],
        },
      }),
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'FIELD_NOT_SUPPORTED',
        domain: 'scalekit-mcp.local',
        metadata: { field: 'connection.debug_enabled' },
      },
    ])
  })

  it('but not where a request asks for what happens anyway', async () => {
    const token = await local.client(DEV)
    const body = { provider_key: 'SCALEKIT', debug_enabled: false, passwordless_config: { type: 'OTP' } }
    const answer = await local.rest('PATCH', '/api/v1/connections/conn_100000000000000001', { token, body })
    expect(answer.status).toBe(200)
  })
})

const TEXT_OR_COMMENT = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[\s\S]*?\*\//g

/** Source text without its comments; a `//` in a string is none. */
function withoutComments(source: string): string {
  return source.replace(TEXT_OR_COMMENT, (_, text = ' ') => text)
}

/** What each protocol answers to a request with a field that is refused. */
async function answers({ method, field, accepted }: RefusedField) {
  const kinds = ['client', 'workspace', 'session'] as const
  const kind = kinds.find((one) => authOption(method).callers.has(one)) ?? 'client'
  const authorization =
    kind === 'client'
      ? await local.client(DEV)
      : kind === 'workspace'
        ? await local.admin()
        : await local.session('usr_100000000000000101')
  const headers = { authorization, 'x-env-domain': DEV }
  const message = sampleRequest(method, field, accepted)
  const baseUrl = `${local.url}/${DEV}`
  const call = async (transport: Transport) => {
    const client = createClient(method.parent, transport) as unknown as Record<
      string,
      (request: Message, options: object) => Promise<unknown>
    >
    const error = await client[method.localName]?.(message, { headers }).catch((reason: unknown) => reason)
    if (!(error instanceof ConnectError)) return undefined
    const named = errorReason(error)?.metadata.field ?? ''
    return { code: error.code, fields: named.split(','), message: error.message }
  }
  return {
    grpc: await call(createGrpcTransport({ baseUrl })),
    ...(httpBindings(method).length > 0 && { rest: await call(createRestTransport({ baseUrl })) }),
  }
}
