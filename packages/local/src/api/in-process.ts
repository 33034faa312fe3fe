import { type DescMethodUnary, fromJson, type JsonObject, type Message, toJson } from '@bufbuild/protobuf'
import {
  Code,
  ConnectError,
  type ConnectRouter,
  createRouterTransport,
  type Interceptor,
} from '@connectrpc/connect'
import {
  authOption,
  codeName,
  errorInfo,
  invalidFields,
  type RestRequest,
  registry,
  restRequest,
  services,
} from '@scalekit-mcp/api'
import { requestRealm } from './request-context.js'

/** A refusal of the API. */
export interface Refusal {
  /** As google.rpc.Code spells it: `NOT_FOUND`. */
  readonly code: string
  readonly message: string
  readonly fields: readonly { readonly field: string; readonly description: string }[]
}

export type InProcessAnswer = { readonly answer: JsonObject } | { readonly refusal: Refusal }

/** The API for other parts of this process. Methods are named as in `OrganizationService.GetOrganization`; messages are their JSON. */
export interface InProcessApi {
  /** Calls a method with every right in the environment. The answer is what the REST API answers. */
  call(environment: string, method: string, message: JsonObject): Promise<InProcessAnswer>
  /** The REST request that makes the same call, with `/api/v1`; undefined where the environment's credentials may not make it. */
  rest(method: string, message: JsonObject): RestRequest | undefined
}

/** Calls the handlers through their interceptors, the first of which decides who calls. */
export function createInProcessApi(
  routes: (router: ConnectRouter) => void,
  interceptors: Interceptor[],
): InProcessApi {
  const transport = createRouterTransport(routes, { router: { interceptors } })
  return {
    async call(environment, name, json) {
      const method = methodNamed(name)
      try {
        const message = read(method, json)
        const response = await requestRealm.run(environment, () =>
          transport.unary(method, undefined, undefined, undefined, message),
        )
        const options = { registry, useProtoFieldName: true, alwaysEmitImplicit: true }
        return { answer: toJson(method.output, response.message, options) as JsonObject }
      } catch (error) {
        return { refusal: refusalOf(ConnectError.from(error, Code.Internal)) }
      }
    },
    rest(name, json) {
      const method = methodNamed(name)
      return authOption(method).callers.has('client') ? restRequest(method, read(method, json)) : undefined
    },
  }
}

function methodNamed(name: string): DescMethodUnary {
  const [serviceName, methodName] = name.split('.')
  const service = services.find(({ typeName }) => typeName.endsWith(`.${serviceName}`))
  const method = service?.methods.find((one) => one.name === methodName)
  if (method?.methodKind !== 'unary') throw new Error(`The API has no method ${name}`)
  return method as DescMethodUnary
}

function read(method: DescMethodUnary, json: JsonObject): Message {
  try {
    return fromJson(method.input, json, { registry })
  } catch (error) {
    // The library's message names the field and then quotes the value, which may be a secret.
    const [, path = 'message'] =
      /^cannot decode (?:field|message) ([\w.]+)/.exec(error instanceof Error ? error.message : '') ?? []
    const field = path.slice(path.lastIndexOf('.') + 1)
    throw invalidFields([{ field, description: 'the value is not of its type' }])
  }
}

function refusalOf(error: ConnectError): Refusal {
  const violations = errorInfo(error)?.validationErrorInfo?.fieldViolations ?? []
  const fields = violations.map(({ field, description }) => ({ field, description }))
  return { code: codeName(error.code), message: error.rawMessage, fields }
}
