import type { DescService } from '@bufbuild/protobuf'
import { type Client, createClient, type Interceptor } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { authOption } from '@scalekit-mcp/api'
import { DEV, type Local } from '../local.js'

/** Calls every method over gRPC as whoever may, and notes which have answered. */
export interface Wire {
  client<Service extends DescService>(service: Service): Client<Service>
  /** The full names of the methods that succeeded, in the order of their first success. */
  readonly answered: Set<string>
}

export async function openWire(local: Local): Promise<Wire> {
  const tokens = {
    client: await local.client(DEV),
    workspace: await local.admin(),
    session: await local.session('usr_100000000000000101'),
  }
  const kinds = ['client', 'workspace', 'session'] as const
  const answered = new Set<string>()
  const asWhoeverMay: Interceptor = (next) => async (req) => {
    const kind = kinds.find((one) => authOption(req.method).callers.has(one)) ?? 'client'
    req.header.set('authorization', tokens[kind])
    const answer = await next(req)
    answered.add(`${req.service.typeName}.${req.method.name}`)
    return answer
  }
  const transport = createGrpcTransport({ baseUrl: `${local.url}/${DEV}`, interceptors: [asWhoeverMay] })
  return { answered, client: (service) => createClient(service, transport) }
}
