import type {
  DescMessage,
  DescMethod,
  DescMethodUnary,
  DescService,
  MessageInitShape,
} from '@bufbuild/protobuf'
import type { CallOptions, Client, Transport, UnaryResponse } from '@connectrpc/connect'

interface Bound {
  readonly transport: Transport
}

type BoundClass = new (transport: Transport) => Bound

const made = new WeakMap<DescService, BoundClass>()

/**
 * A service over a transport, with the methods of Connect's `createClient`: that makes each of them anew for each client,
 * and a call has a client of its own, since its requests end with it. The REST API has unary methods only.
 */
export function serviceClient<S extends DescService>(service: S, transport: Transport): Client<S> {
  let known = made.get(service)
  if (!known) {
    known = define(service)
    made.set(service, known)
  }
  return new known(transport) as unknown as Client<S>
}

function define(service: DescService): BoundClass {
  class ServiceClient implements Bound {
    constructor(readonly transport: Transport) {}
  }
  for (const method of service.methods) {
    if (isUnary(method)) {
      Object.defineProperty(ServiceClient.prototype, method.localName, { value: unary(method) })
    }
  }
  return ServiceClient
}

const isUnary = (method: DescMethod): method is DescMethod & DescMethodUnary => method.methodKind === 'unary'

function unary(method: DescMethodUnary) {
  return function (this: Bound, input: MessageInitShape<DescMessage>, options: CallOptions = {}) {
    const { signal, timeoutMs, headers, contextValues } = options
    return this.transport.unary(method, signal, timeoutMs, headers, input, contextValues).then(messageOf)
  }
}

const messageOf = ({ message }: UnaryResponse) => message
