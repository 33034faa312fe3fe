import type { JsonObject } from '@bufbuild/protobuf'
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt'
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import { type EventsService, events } from '@scalekit-mcp/api'
import { sendCustomEvent } from '../../domain/events/custom-event.js'
import type { Store } from '../../domain/store.js'
import type { EventRow } from '../../storage/registry-schema.js'
import { enumOf } from '../messages/enum-of.js'
import { fetchList, type PageRequest, readPage } from '../page.js'
import { environmentOf } from '../request-context.js'
import { inside } from '../search.js'

/** What happened in an environment, newest first. */
export function eventHandlers(store: Store): Partial<ServiceImpl<typeof EventsService>> {
  const { database } = store
  return {
    async listEvents(request, context) {
      const { rows, tokens } = await list(context, request, request.filter)
      return { ...tokens, events: rows.map(toEvent) }
    },

    async listEventsPaginated(request, context) {
      const { rows, tokens } = await list(context, request, request.filter)
      const { totalSize: _, ...pages } = tokens
      return { ...pages, events: rows.map(toEvent) }
    },

    async sendCustomEvent({ eventType, event = {} }, context) {
      return { eventId: await sendCustomEvent(store, environmentOf(context), eventType, event) }
    },
  }

  async function list(context: HandlerContext, request: PageRequest, filter: events.EventFilter | undefined) {
    const environment = environmentOf(context)
    const { eventTypes = [], organizationId = '', startTime, endTime, source = 0 } = filter ?? {}
    const { connectedAccountId = '', connectionId = '' } = filter ?? {}
    const member = (name: string) => inside(database.dialect, 'data', [name])
    let query = database.db.selectFrom('events').where('environment_id', '=', environment)
    if (eventTypes.length > 0) query = query.where('type', 'in', eventTypes)
    if (organizationId) query = query.where('organization_id', '=', organizationId)
    if (connectedAccountId)
      query = query.where('object', '=', 'ConnectedAccount').where(member('id'), '=', connectedAccountId)
    if (connectionId) {
      query = query.where(({ eb, or, and }) =>
        or([
          and([eb('object', '=', 'ConnectedAccount'), eb(member('connection_id'), '=', connectionId)]),
          and([eb('object', '=', 'Connection'), eb(member('id'), '=', connectionId)]),
        ]),
      )
    }
    if (startTime) query = query.where('created_at', '>=', timestampMs(startTime))
    if (endTime) query = query.where('created_at', '<=', timestampMs(endTime))
    const directory = 'organization.directory.%'
    if (source === events.Source.DIR_SYNC) query = query.where('type', 'like', directory)
    if (source === events.Source.SCALEKIT) query = query.where('type', 'not like', directory)
    const times = [startTime, endTime].map((time) => (time ? String(timestampMs(time)) : ''))
    const name = ['events', environment, organizationId, String(source), connectedAccountId, connectionId]
    return fetchList(readPage([...name, ...times, ...eventTypes], request), query.selectAll(), 'id')
  }
}

function toEvent(row: EventRow) {
  return {
    specVersion: '1',
    id: row.id,
    type: row.type,
    occurredAt: timestampFromMs(row.created_at),
    environmentId: row.environment_id,
    object: enumOf(events.ObjectType, row.object) ?? events.ObjectType.OBJECT_TYPE_UNSPECIFIED,
    data: JSON.parse(row.data) as JsonObject,
    displayName: displayName(row.type),
    ...(row.organization_id !== null && { organizationId: row.organization_id }),
  }
}

/** `organization.sso_enabled` as a heading: Organization SSO Enabled. */
function displayName(type: string): string {
  const words = type.split(/[._]/).map((word) => (word === 'sso' ? 'SSO' : word))
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
}
