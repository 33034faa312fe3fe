import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { endSession } from '../../domain/sessions/end.js'
import { toLiveSession } from '../../domain/sessions/live-sessions.js'
import { sessionOf } from '../../domain/sessions/session-uses.js'
import { secondsAhead } from '../../storage/clock.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { shiftTimes } from '../server/shift-times.js'

const SIGN_OUT_ROUTES = new Set(['end_session', 'end_session_confirm'])

/**
 * Ends the session of somebody who signs out (OpenID Connect RP-Initiated Logout, section 2), with the tokens of
 * every application, `offline_access` or not.
 */
export function endSignedOut(provider: Provider, context: OAuthContext, realm: string): void {
  provider.use(async (ctx, next) => {
    await next()
    const { oidc }: Partial<KoaContextWithOIDC> = ctx
    const { session } = oidc ?? {}
    if (!SIGN_OUT_ROUTES.has(oidc?.route ?? '') || session === undefined || !('destroyed' in session)) return
    const { database, clock } = context
    const row = await sessionOf(database.db, session.uid)
    const expiresAt = session.exp === undefined ? undefined : session.exp * 1000
    const ended = toLiveSession(realm, shiftTimes({ ...session }, secondsAhead(clock)), expiresAt, row)
    if (ended === undefined) return
    await database.transaction((db) => endSession(db, clock, ended, 'logout'))
  })
}
