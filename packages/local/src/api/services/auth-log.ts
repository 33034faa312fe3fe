import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt'
import type { ServiceImpl } from '@connectrpc/connect'
import type { AuditLogsService } from '@scalekit-mcp/api'
import { AuthRequestData } from '../../domain/sessions/auth-requests.js'
import type { Store } from '../../domain/store.js'
import { fetchList, readPage } from '../page.js'
import { environmentOf } from '../request-context.js'

/** The authentication log: every attempt to sign in, newest first. */
export function authLogHandlers({ database }: Store): Partial<ServiceImpl<typeof AuditLogsService>> {
  return {
    async listAuthRequests(request, context) {
      const environment = environmentOf(context)
      const { email, status, startTime, endTime, clientId, resourceId } = request
      const states = status.map((one) => one.toLowerCase())
      let query = database.db.selectFrom('auth_requests').where('environment_id', '=', environment)
      if (email) query = query.where('email', '=', email.toLowerCase())
      if (states.length > 0) query = query.where('status', 'in', states)
      if (startTime) query = query.where('created_at', '>=', timestampMs(startTime))
      if (endTime) query = query.where('created_at', '<=', timestampMs(endTime))
      if (clientId) query = query.where('client_id', '=', clientId)
      if (resourceId) query = query.where('resource_id', '=', resourceId)
      const times = [startTime, endTime].map((time) => (time ? String(timestampMs(time)) : ''))
      const list = ['auth requests', environment, email, clientId, resourceId, ...times, ...states]
      const { rows, tokens } = await fetchList(readPage(list, request), query.selectAll(), 'id')
      return {
        ...tokens,
        authRequests: rows.map((row) => {
          const data = AuthRequestData.parse(JSON.parse(row.data))
          return {
            authRequestId: row.id,
            environmentId: row.environment_id,
            email: row.email,
            status: row.status,
            timestamp: timestampFromMs(row.created_at),
            clientId: row.client_id ?? '',
            resourceId: row.resource_id ?? '',
            clientName: data.client_name,
            resourceName: data.resource_name,
            resourceType: row.resource_id === null ? '' : 'MCP_SERVER',
            organizationId: data.organization_id,
            connectionId: data.connection_id,
            connectionType: data.connection_type,
            connectionProvider: data.connection_provider,
            workflow: data.workflow,
          }
        }),
      }
    },
  }
}
