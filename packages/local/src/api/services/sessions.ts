import { timestampMs } from '@bufbuild/protobuf/wkt'
import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type SessionService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { endExpired, endSession } from '../../domain/sessions/end.js'
import { type LiveSession, liveSessions } from '../../domain/sessions/live-sessions.js'
import { activeMemberships, type SessionView, viewOf } from '../../domain/sessions/session-view.js'
import type { Store } from '../../domain/store.js'
import { findUser } from '../../domain/users/user-data.js'
import type { Schema } from '../../storage/schema.js'
import { endedView, toRevokedSession, toSession } from '../messages/session-message.js'
import { pageOf, readPage } from '../page.js'
import { environmentOf, principalKey } from '../request-context.js'

/** Who is signed in. A session that has ended is still shown. */
export function sessionHandlers(store: Store): Partial<ServiceImpl<typeof SessionService>> {
  const { database, clock } = store
  return {
    async getSession({ sessionId }, context) {
      await endExpired(store)
      const views = await allViews(database.db, environmentOf(context))
      const view = views.find(({ id }) => id === sessionId)
      return toSession(view ?? noSuchSession(sessionId))
    },

    async getUserSessions(request, context) {
      const environment = environmentOf(context)
      const { userId, filter } = request
      await endExpired(store)
      await findUser(database.db, environment, { id: userId })
      const from = filter?.startTime ? timestampMs(filter.startTime) : Number.NEGATIVE_INFINITY
      const to = filter?.endTime ? timestampMs(filter.endTime) : Number.POSITIVE_INFINITY
      const states = (filter?.status ?? []).map((status) => status.toLowerCase())
      const found = (await allViews(database.db, environment))
        .filter(({ user_id }) => user_id === userId)
        .filter(({ created_at }) => created_at >= from && created_at <= to)
        .filter(({ status }) => states.length === 0 || states.includes(status))
      const list = ['sessions', environment, userId, String(from), String(to), ...states]
      const { rows, tokens } = pageOf(readPage(list, request), found)
      return { ...tokens, sessions: rows.map(toSession) }
    },

    async revokeSession({ sessionId }, context) {
      const environment = environmentOf(context)
      return database.transaction(async (db) => {
        const live = (await liveSessions(db, clock, environment)).find(({ id }) => id === sessionId)
        if (!live || !mayEnd(live, context)) return noSuchSession(sessionId)
        return { revokedSession: toRevokedSession(await endSession(db, clock, live, 'revoked')) }
      })
    },

    async revokeAllUserSessions({ userId }, context) {
      const environment = environmentOf(context)
      return database.transaction(async (db) => {
        await findUser(db, environment, { id: userId })
        const own = (await liveSessions(db, clock, environment)).filter((one) => one.userId === userId)
        const revoked: SessionView[] = []
        for (const session of own) revoked.push(await endSession(db, clock, session, 'revoked'))
        return { revokedSessions: revoked.map(toRevokedSession), totalRevoked: revoked.length }
      })
    },
  }

  async function allViews(db: Kysely<Schema>, environment: string): Promise<SessionView[]> {
    const memberships = await activeMemberships(db, environment)
    const live = await liveSessions(db, clock, environment)
    const ended = await db
      .selectFrom('ended_sessions')
      .selectAll()
      .where('environment_id', '=', environment)
      .execute()
    return [...live.map((session) => viewOf(session, memberships)), ...ended.map(endedView)]
  }
}

/** A user ends their own sessions. */
function mayEnd({ userId }: LiveSession, context: HandlerContext): boolean {
  const principal = context.values.get(principalKey)
  return principal?.kind !== 'session' || principal.userId === userId
}

function noSuchSession(id: string): never {
  throw apiError(Code.NotFound, `There is no session ${JSON.stringify(id)} in this environment`)
}
