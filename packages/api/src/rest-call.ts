import type { DescMessage, DescMethodUnary, MessageShape } from '@bufbuild/protobuf'
import {
  type ContextValues,
  createContextValues,
  type UnaryRequest,
  type UnaryResponse,
} from '@connectrpc/connect'
import { createMethodUrl } from '@connectrpc/connect/protocol'
import type { Answer } from './exchange.js'

type HeaderFields = ConstructorParameters<typeof Headers>[0]

// A call and its answer, as interceptors see them. What is seldom read is made when it is read: a `Headers` of Node takes as
// long as a small message, and there were two for each call.

/** A call on its way through the interceptors, which pass this object on. */
export class RestCall<I extends DescMessage, O extends DescMessage> implements UnaryRequest<I, O> {
  readonly stream = false
  readonly requestMethod = 'POST'
  readonly #base: string
  readonly #fields: HeaderFields
  #header: Headers | undefined
  #contextValues: ContextValues | undefined

  constructor(
    base: string,
    readonly method: DescMethodUnary<I, O>,
    readonly message: MessageShape<I>,
    readonly signal: AbortSignal,
    fields: HeaderFields,
    contextValues: ContextValues | undefined,
  ) {
    this.#base = base
    this.#fields = fields
    this.#contextValues = contextValues
  }

  get service(): UnaryRequest<I, O>['service'] {
    return this.method.parent
  }

  get url(): string {
    return createMethodUrl(this.#base, this.method)
  }

  get header(): Headers {
    this.#header ??= new Headers(this.#fields)
    return this.#header
  }

  get contextValues(): ContextValues {
    this.#contextValues ??= createContextValues()
    return this.#contextValues
  }

  /** True where nobody looked at `header`, and there was nothing to put in it. */
  get isBare(): boolean {
    return this.#header === undefined && this.#fields === undefined
  }
}

/** The headers that a call has when it has passed the interceptors. */
export function headerFieldsOf(call: UnaryRequest): Record<string, string> | undefined {
  return call instanceof RestCall && call.isBare ? undefined : Object.fromEntries(call.header)
}

export class RestAnswer<I extends DescMessage, O extends DescMessage> implements UnaryResponse<I, O> {
  readonly stream = false
  readonly #answer: Answer

  constructor(
    readonly method: DescMethodUnary<I, O>,
    readonly message: MessageShape<O>,
    answer: Answer,
  ) {
    this.#answer = answer
  }

  get service(): UnaryResponse<I, O>['service'] {
    return this.method.parent
  }

  get header(): Headers {
    return headersOf(this.#answer)
  }

  get trailer(): Headers {
    return new Headers()
  }
}

export function headersOf({ headers }: Answer): Headers {
  const header = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    for (const item of [value ?? []].flat()) header.append(name, item)
  }
  return header
}
