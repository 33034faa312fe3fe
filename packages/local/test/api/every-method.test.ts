import { create, type DescMethod } from '@bufbuild/protobuf'
import { createClient, type Transport } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { authOption, errorInfo, httpBindings, services } from '@scalekit-mcp/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clients } from './every-method/clients.js'
import { agents, connections, directories, domains } from './every-method/connections.js'
import { organizations, roles, users } from './every-method/people.js'
import { signIn } from './every-method/sign-in.js'
import { openWire } from './every-method/wire.js'
import { workspace } from './every-method/workspace.js'
import { DEV, type Local, startLocal } from './local.js'

let local: Local
let served: string[]
let transport: Transport
beforeAll(async () => {
  local = await startLocal()
  await local.reset()
  transport = createGrpcTransport({ baseUrl: `${local.url}/${DEV}` })
  const headers = { 'x-scalekit-local': '1' }
  const coverage = await (await fetch(`${local.url}/__local/coverage`, { headers })).json()
  served = (coverage as { served: string[] }).served
})
afterAll(() => local.close())

const methods = services.flatMap((service) => service.methods)
const nameOf = (method: DescMethod) => `${method.parent.typeName}.${method.name}`

/** Calls a method by its descriptor, with an empty request. */
async function callEmpty(method: DescMethod, headers: Record<string, string>) {
  const client = createClient(method.parent, transport) as unknown as Record<
    string,
    (request: unknown, options: object) => Promise<unknown>
  >
  const error = await client[method.localName]?.(create(method.input), { headers }).catch(
    (reason: unknown) => reason,
  )
  return errorInfo(error)?.errorCode
}

describe('the methods that are served', () => {
  it('all answer over the wire, and no other does', async () => {
    const wire = await openWire(local)
    await organizations(wire)
    await roles(wire)
    await users(wire)
    await workspace(wire, local)
    await clients(wire, local)
    await connections(wire, local)
    await domains(wire)
    await directories(wire)
    await agents(wire, local)
    await signIn(wire, local)
    expect([...wire.answered].sort()).toEqual(served)
    expect(served.length).toBeGreaterThanOrEqual(206)
  })

  it('know who calls before anything else', async () => {
    const codes = new Map<string, string | undefined>()
    for (const method of methods.filter((one) => !authOption(one).callers.has('none')))
      codes.set(nameOf(method), await callEmpty(method, {}))
    expect([...codes].filter(([, code]) => code !== 'UNAUTHENTICATED')).toEqual([])
  })

  it('refuse every kind of caller that their descriptor does not name', async () => {
    const callers = {
      client: await local.client(DEV),
      workspace: await local.admin(),
      session: await local.session('usr_100000000000000101'),
    }
    const wrong: string[] = []
    for (const [kind, authorization] of Object.entries(callers)) {
      for (const method of methods) {
        const { callers: may } = authOption(method)
        if (may.has('none') || may.has(kind as keyof typeof callers)) continue
        if ((await callEmpty(method, { authorization })) !== 'PERMISSION_DENIED')
          wrong.push(`${kind}: ${nameOf(method)}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('let a member who only reads change nothing', async () => {
    const headers = { authorization: await local.viewer() }
    const changes = methods.filter(
      (method) => authOption(method).callers.has('workspace') && httpBindings(method)[0]?.verb !== 'GET',
    )
    expect(changes.length).toBeGreaterThan(80)
    for (const method of changes) {
      expect([nameOf(method), await callEmpty(method, headers)]).toEqual([
        nameOf(method),
        'PERMISSION_DENIED',
      ])
    }
  })

  it('give a member who only reads nothing that signs somebody in', async () => {
    const named = /\.(GetConnectedAccountAuth|GetPortalLinks|GetSupportHash|TriggerDirectorySync)$/
    const reads = methods.filter((method) => named.test(nameOf(method)))
    expect(reads).toHaveLength(4)
    for (const method of reads) {
      const [viewer, admin] = [await local.viewer(), await local.admin()]
      expect(await callEmpty(method, { authorization: viewer }), nameOf(method)).toBe('PERMISSION_DENIED')
      expect(await callEmpty(method, { authorization: admin })).not.toBe('PERMISSION_DENIED')
    }
  })
})

describe('a method that is not served', () => {
  it('says so, to whoever may call it', async () => {
    const headers = { authorization: await local.client(DEV) }
    const others = methods.filter((method) => {
      const { callers } = authOption(method)
      return !served.includes(nameOf(method)) && (callers.has('client') || callers.has('none'))
    })
    expect(others.length).toBeGreaterThan(0)
    for (const method of others) {
      expect([nameOf(method), await callEmpty(method, headers)]).toEqual([
        nameOf(method),
        expect.stringMatching(/^(UNIMPLEMENTED|INVALID_ARGUMENT)$/),
      ])
    }
  })
})
