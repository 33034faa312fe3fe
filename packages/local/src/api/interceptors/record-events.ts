import type { JsonObject } from '@bufbuild/protobuf'
import type { Interceptor } from '@connectrpc/connect'
import { DomainError } from '../../domain/domain-error.js'
import { tellEvent } from '../../domain/events/tell-event.js'
import type { Store } from '../../domain/store.js'
import { type Change, EVENT_KINDS } from '../events/event-kinds.js'
import { environmentKey } from '../request-context.js'

/** Notes what changes have brought about, and tells applications. A change that fails brings about nothing. */
export function recordEvents(store: Store): Interceptor {
  const { database, clock } = store
  return (next) => async (req) => {
    const kind = EVENT_KINDS.get(req.method)
    const environment = req.contextValues.get(environmentKey)
    if (!kind || environment === undefined || req.stream) return next(req)
    const change = { db: database.db, environment, now: clock.now(), request: { ...req.message } }
    const before = kind.read === 'before' ? await ifThere(kind.data({ ...change, answer: {} })) : undefined
    const answer = await next(req)
    const after = () => ifThere(kind.data({ ...change, answer: { ...answer.message } }))
    const data = kind.read === 'before' ? before : await after()
    if (data === undefined) return answer
    const organization = organizationOf(kind.object, data, change.request)
    await tellEvent(store, { environment, type: kind.type, object: kind.object, organization, data })
    return answer
  }
}

/** What is not there, or no longer, makes no event: its handler has said so, or somebody was faster. */
async function ifThere(reading: Promise<JsonObject | undefined>): Promise<JsonObject | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not_found') return undefined
    throw error
  }
}

function organizationOf(object: string, data: JsonObject, request: Change['request']): string | undefined {
  const named = object === 'Organization' ? data.id : (request.organizationId ?? request.orgId)
  return typeof named === 'string' && named !== '' ? named : undefined
}
