import type { DescService } from '@bufbuild/protobuf'
import { type Client, createClient, type Interceptor } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { authOption } from '@scalekit-mcp/api'
import { setFields } from '../../../src/api/fields/set-fields.js'
import { DEV, type Local } from '../local.js'

/** Calls methods over gRPC as whoever may, unless a call names its caller, and notes what has succeeded. */
export interface Wire {
  client<Service extends DescService>(service: Service): Client<Service>
  /** The full names of the methods that succeeded, in the order of their first success. */
  readonly answered: Set<string>
  /** The fields that were set in requests that succeeded, as `<method>:<path>`. */
  readonly set: Set<string>
}

export async function openWire(local: Local): Promise<Wire> {
  const tokens = {
    client: await local.client(DEV),
    workspace: await local.admin(),
    session: await local.session('usr_100000000000000101'),
  }
  const kinds = ['client', 'workspace', 'session'] as const
  const answered = new Set<string>()
  const set = new Set<string>()
  const asWhoeverMay: Interceptor = (next) => async (req) => {
    const kind = kinds.find((one) => authOption(req.method).callers.has(one)) ?? 'client'
    if (!req.header.has('authorization')) req.header.set('authorization', tokens[kind])
    const answer = await next(req)
    const name = `${req.service.typeName}.${req.method.name}`
    answered.add(name)
    if (!req.stream) for (const { path } of setFields(req.method, req.message)) set.add(`${name}:${path}`)
    return answer
  }
  const transport = createGrpcTransport({ baseUrl: `${local.url}/${DEV}`, interceptors: [asWhoeverMay] })
  return { answered, set, client: (service) => createClient(service, transport) }
}
