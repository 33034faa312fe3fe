import type { Message } from '@bufbuild/protobuf'
import { Code, type Interceptor } from '@connectrpc/connect'
import { apiError, EnvironmentService, MembersService } from '@scalekit-mcp/api'
import type { Store } from '../../domain/store.js'
import type { Principal } from '../../domain/tokens/principal.js'
import { environmentKey, principalKey, requestRealm } from '../request-context.js'

const WITHOUT_ENVIRONMENT: readonly string[] = [EnvironmentService.typeName, MembersService.typeName]

/**
 * Which environment a call is about: a client's own, otherwise the one in the path, otherwise the one that
 * `x-env-domain` names by its domain (`localhost:8787/env_…`) or its id. A request that names one itself must
 * agree, and may stand in for the header.
 */
export function chooseEnvironment({ database, baseUrl }: Store): Interceptor {
  const host = new URL(baseUrl).host
  return (next) => async (req) => {
    if (WITHOUT_ENVIRONMENT.includes(req.service.typeName)) return next(req)
    const named = req.header.get('x-env-domain')
    const wanted = named?.startsWith(`${host}/`) ? named.slice(host.length + 1) : named
    const inPath = req.stream ? undefined : environmentIn(req.message)
    const id = choose(req.contextValues.get(principalKey), wanted ?? inPath)
    if (inPath !== undefined && inPath !== id) {
      throw apiError(Code.InvalidArgument, `The request is about ${inPath}, and its environment is ${id}`)
    }
    const found = await database.db
      .selectFrom('environments')
      .select('id')
      .where('id', '=', id)
      .executeTakeFirst()
    if (!found) throw apiError(Code.NotFound, `There is no environment ${JSON.stringify(id)}`)
    req.contextValues.set(environmentKey, found.id)
    return next(req)
  }
}

/** `/api/v1/environments/{env_id}/scopes` and the like. */
function environmentIn(message: Message): string | undefined {
  const id: unknown = Reflect.get(message, 'envId')
  return typeof id === 'string' && id !== '' ? id : undefined
}

function choose(principal: Principal | undefined, named: string | null | undefined): string {
  if (principal && principal.kind !== 'member') {
    if (principal.realm === 'workspace')
      throw apiError(Code.PermissionDenied, 'The client belongs to no environment')
    if (named && named !== principal.realm) {
      throw apiError(Code.PermissionDenied, 'x-env-domain names another environment than that of the token')
    }
    return principal.realm
  }
  const realm = requestRealm.getStore()
  if (realm !== undefined && realm !== 'workspace') return realm
  if (!named) throw apiError(Code.InvalidArgument, 'Name the environment: send its domain in x-env-domain')
  return named
}
