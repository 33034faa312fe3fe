import type { JsonObject } from '@bufbuild/protobuf'
import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type ConnectionService, connections } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { setConnectionContext } from '../../../domain/connections/connection-context.js'
import {
  type ConnectionScope,
  connectionData,
  connectionWithId,
  findConnection,
} from '../../../domain/connections/connection-data.js'
import { findConnectionTest } from '../../../domain/connections/connection-tests.js'
import { findOrganization } from '../../../domain/organizations/organization-data.js'
import type { Store } from '../../../domain/store.js'
import { activeMemberships } from '../../../domain/users/people.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import type { Schema } from '../../../storage/schema.js'
import { environmentOf, principalKey } from '../../request-context.js'

const { TestResultStatus } = connections

/** The data that applications store with a connection, and the results of its tests. */
export function connectionContextHandlers(store: Store): Partial<ServiceImpl<typeof ConnectionService>> {
  const { database, clock } = store
  return {
    async getConnectionContext({ organizationId, connectionId }, context) {
      const scope = await scopeOf(database.db, context, organizationId)
      const row = await findConnection(database.db, scope, connectionId)
      return { context: connectionData(row).context as JsonObject }
    },

    async updateConnectionContext({ organizationId, connectionId, context: kept = {} }, context) {
      return database.transaction(async (db) => {
        const scope = await scopeOf(db, context, organizationId)
        await setConnectionContext(db, scope, clock.now(), connectionId, kept)
        return {}
      })
    },

    async getConnectionTestResult({ connectionId, testRequestId }, context) {
      const connection = await connectionWithId(database.db, environmentOf(context), connectionId)
      if (!(await mayRead(context, connection)))
        throw apiError(Code.PermissionDenied, 'A session reaches connections of its organizations only')
      const { identity, refusal } = await findConnectionTest(store, connection, testRequestId)
      if (identity) return { status: TestResultStatus.SUCCESS, userInfo: JSON.stringify(identity) }
      if (!refusal) return { status: TestResultStatus.PENDING }
      return {
        status: TestResultStatus.FAILURE,
        error: refusal.code,
        errorDescription: refusal.message,
      }
    },
  }

  /** Without an organization, the connection is one of the environment. */
  async function scopeOf(db: Kysely<Schema>, context: HandlerContext, id: string): Promise<ConnectionScope> {
    const environment = environmentOf(context)
    if (id === '') return { environment, organization: null }
    return { environment, organization: (await findOrganization(db, environment, { id })).id }
  }

  /** A user reads the tests of an organization that they belong to, and that their token is for. */
  async function mayRead(context: HandlerContext, { organization_id: owner }: ConnectionRow) {
    const principal = context.values.get(principalKey)
    if (principal?.kind !== 'session') return true
    const own = await activeMemberships(database, principal.userId)
    const { organization = owner } = principal
    return organization === owner && own.some(({ id }) => id === owner)
  }
}
