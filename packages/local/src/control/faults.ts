import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { newId } from '../storage/ids.js'
import type { Fault } from './fault.js'

export interface ActiveFault extends Fault {
  id: string
  /** How many requests it has met. */
  used: number
}

/** The faults that are waiting for a request. They live in the memory of this process. */
export interface Faults {
  add(fault: Fault): ActiveFault
  list(): ActiveFault[]
  /** Whether there was such a fault. */
  remove(id: string): boolean
  clear(): void
  /** The oldest fault that is for this request; it counts as used. */
  take(request: IncomingMessage | Http2ServerRequest, rpcOf: RpcOf): ActiveFault | undefined
}

/** Names the RPC that a request calls. */
type RpcOf = (verb: string, path: string) => string | undefined

export function createFaults(): Faults {
  let active: ActiveFault[] = []
  return {
    add(fault) {
      const added = { id: newId('flt'), ...fault, used: 0 }
      active = [...active, added]
      return added
    },
    list: () => [...active],
    remove(id) {
      const before = active.length
      active = active.filter((fault) => fault.id !== id)
      return active.length < before
    },
    clear() {
      active = []
    },
    take(request, rpcOf) {
      if (active.length === 0) return undefined
      const facts = factsOf(request)
      const found = active.find(({ match }) => applies(match, facts, rpcOf))
      if (found === undefined) return undefined
      found.used += 1
      if (found.used === found.times) active = active.filter((fault) => fault !== found)
      return found
    },
  }
}

interface Facts {
  method: string
  path: string
  realm: string | undefined
  /** The path without the realm. */
  inRealm: string
}

function factsOf(request: IncomingMessage | Http2ServerRequest): Facts {
  const [path = '/'] = (request.url ?? '/').split('?', 1)
  const [, realm, inRealm = path] = /^\/(workspace|env_\d+)(\/.*)?$/.exec(path) ?? []
  return { method: request.method ?? 'GET', path, realm, inRealm }
}

function applies({ method, path, realm }: Fault['match'], facts: Facts, rpcOf: RpcOf): boolean {
  if (method !== undefined && method !== facts.method) return false
  if (realm !== undefined && realm !== facts.realm) return false
  if (path === undefined) return true
  if (path.startsWith('/')) return facts.path.startsWith(path) || facts.inRealm.startsWith(path)
  return names(rpcOf(facts.method, facts.inRealm), path)
}

/** `ListOrganization`, `OrganizationService/ListOrganization` and the full name are one RPC. */
function names(rpc: string | undefined, wanted: string): boolean {
  return rpc !== undefined && (rpc === wanted || rpc.endsWith(`/${wanted}`) || rpc.endsWith(`.${wanted}`))
}
