import {
  type Scalekit,
  ScalekitBadRequestException,
  ScalekitConflictException,
  ScalekitForbiddenException,
  ScalekitNotFoundException,
  ScalekitNotImplementedException,
  ScalekitServerException,
  ScalekitValidateTokenFailureException,
} from '@scalekit-sdk/node'
import { expect } from 'vitest'
import { DEV, type Local, PRD } from '../local.js'

/** The class that the SDK has for each code of the API that the tests provoke. */
const EXCEPTIONS = {
  INVALID_ARGUMENT: ScalekitBadRequestException,
  FAILED_PRECONDITION: ScalekitBadRequestException,
  NOT_FOUND: ScalekitNotFoundException,
  ALREADY_EXISTS: ScalekitConflictException,
  PERMISSION_DENIED: ScalekitForbiddenException,
  UNIMPLEMENTED: ScalekitNotImplementedException,
}

export type Refusal = keyof typeof EXCEPTIONS

/** What a method of the SDK was seen to do. */
interface Seen {
  answered: boolean
  refusals: Set<string>
  /** The RPCs that it called, as the local environment logged them. */
  rpcs: Set<string>
}

export interface SdkRecorder {
  /** The SDK of the DEV environment. */
  readonly sdk: Scalekit
  /** The SDK of a client that may not use the API. */
  readonly barred: Scalekit
  /** Expects the SDK's own exception for a code, with this code in its `ErrorInfo`. */
  refused(code: Refusal, call: () => Promise<unknown>): Promise<void>
  /** By `client.method`. */
  readonly seen: ReadonlyMap<string, Seen>
}

/** The public methods of the SDK's client classes, by reflection, as `client.method`. */
export function sdkMethods(sdk: Scalekit): string[] {
  return Object.entries(clientsOf(sdk)).flatMap(([client, object]) => {
    const own = Object.keys(object).filter((name) => typeof Reflect.get(object, name) === 'function')
    const inherited = Object.getOwnPropertyNames(Object.getPrototypeOf(object))
    return [...inherited, ...own].filter((name) => name !== 'constructor').map((name) => `${client}.${name}`)
  })
}

/** The SDK's own plumbing is not part of what it offers. */
function clientsOf(sdk: Scalekit): Record<string, object> {
  const {
    coreClient: _core,
    grpcConnect: _connect,
    ...clients
  } = { ...sdk } as unknown as Record<string, object>
  return clients
}

export async function recordSdk(local: Local): Promise<SdkRecorder> {
  const seen = new Map<string, Seen>()
  const disallowed = JSON.stringify({ name: 'Barred', disallow_scalekit_api_access: true })
  await local.database.db
    .updateTable('clients')
    .set({ data: disallowed })
    .where('id', '=', PRD.replace('env_', 'skc_'))
    .execute()
  return {
    seen,
    sdk: watched(local.sdk(DEV), seen, local.url),
    barred: watched(local.sdk(PRD), seen, local.url),
    async refused(code, call) {
      const error = await call().then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(codeOf(error), `${call} was to be refused, and gave ${error}`).toBe(code)
      if (!(error instanceof ScalekitValidateTokenFailureException))
        expect(error).toBeInstanceOf(EXCEPTIONS[code])
    },
  }
}

function watched(sdk: Scalekit, seen: Map<string, Seen>, url: string): Scalekit {
  const clients = Object.entries(clientsOf(sdk)).map(([name, client]) => [
    name,
    new Proxy(client, {
      get(target, property) {
        const member: unknown = Reflect.get(target, property)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) =>
          watch(seen, `${name}.${String(property)}`, url, () => Reflect.apply(member, target, args))
      },
    }),
  ])
  return Object.assign(Object.create(sdk), Object.fromEntries(clients)) as Scalekit
}

async function watch(
  seen: Map<string, Seen>,
  name: string,
  url: string,
  call: () => unknown,
): Promise<unknown> {
  const one = seen.get(name) ?? { answered: false, refusals: new Set(), rpcs: new Set() }
  seen.set(name, one)
  const before = await requests(url)
  try {
    const result = await call()
    one.answered = true
    return result
  } catch (error) {
    const code = codeOf(error)
    if (code !== undefined) one.refusals.add(code)
    throw error
  } finally {
    for (const rpc of await rpcsSince(url, before)) one.rpcs.add(rpc)
  }
}

/** From the `ErrorInfo`; the exception that says that a token is not valid has the code in its text only. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof ScalekitServerException) return error.errorCode ?? undefined
  if (!(error instanceof ScalekitValidateTokenFailureException)) return undefined
  return /^\[(\w+)\]/.exec(error.message)?.[1]?.toUpperCase()
}

/** Two minutes. A request is logged in milliseconds, and on a busy machine later. */
const ATTEMPTS = 12_000

/** A request is logged when its connection is done with it, which may be a moment after its answer. */
async function rpcsSince(url: string, before: readonly string[]): Promise<string[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const now = await requests(url)
    const since = now.slice(now.lastIndexOf(before.at(-1) ?? '') + 1)
    const rpcs = since.flatMap(
      (entry) => /"path":"[^"]*\/(scalekit\.v1\.[\w.]+\/\w+)"/.exec(entry)?.[1] ?? [],
    )
    if (rpcs.length > 0) return rpcs.map((rpc) => rpc.replace('/', '.'))
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return []
}

async function requests(url: string): Promise<string[]> {
  const response = await fetch(`${url}/__local/requests`, { headers: { 'x-scalekit-local': '1' } })
  return ((await response.json()) as { requests: object[] }).requests.map((entry) => JSON.stringify(entry))
}
