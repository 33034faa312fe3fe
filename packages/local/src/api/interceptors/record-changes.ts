import type { Interceptor } from '@connectrpc/connect'
import { httpBindings } from '@scalekit-mcp/api'
import { noteChange } from '../../domain/events/note-change.js'
import type { DataStore } from '../../domain/store.js'
import type { Principal } from '../../domain/tokens/principal.js'
import { environmentKey, principalKey } from '../request-context.js'

/** Notes each call that may have changed something, for the history of what it names. A call that fails changes nothing. */
export function recordChanges(store: DataStore): Interceptor {
  return (next) => async (req) => {
    const answer = await next(req)
    const environment = req.contextValues.get(environmentKey)
    const reads = httpBindings(req.method)[0]?.verb === 'GET'
    if (environment === undefined || reads || req.stream || answer.stream) return answer
    const service = req.service.typeName.slice(req.service.typeName.lastIndexOf('.') + 1)
    await noteChange(store, {
      environment,
      method: `${service}.${req.method.name}`,
      caller: callerId(req.contextValues.get(principalKey)),
      about: new Set([...named(req.message), ...named(answer.message)]),
    })
    return answer
  }
}

function callerId(principal: Principal | undefined): string {
  if (principal === undefined) return 'anybody'
  if (principal.kind === 'member') return principal.memberId
  if (principal.kind === 'session') return principal.userId
  return principal.clientId || 'dashboard'
}

/** `org_100000000000000001`. No secret and no link has this form. */
const ID = /^[a-z0-9]+_\d{15,}$/
/** Roles and permissions go by their names. */
const NAMES: ReadonlySet<string> = new Set(['name', 'roleName', 'permissionName'])

/** The ids and names in a message, however deep. */
function* named(value: unknown, field = ''): Generator<string> {
  if (typeof value === 'string') {
    if (ID.test(value) || NAMES.has(field)) yield value
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const [name, part] of Object.entries(value)) yield* named(part, Array.isArray(value) ? field : name)
  }
}
