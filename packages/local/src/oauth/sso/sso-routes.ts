import { randomBytes } from 'node:crypto'
import { type Request, Router } from 'express'
import { z } from 'zod'
import type { ConnectionRow } from '../../engine/registry-schema.js'
import { reportFailure } from '../../report-failure.js'
import type { OAuthContext } from '../oauth-context.js'
import { isRealmName } from '../realm.js'
import { refuse } from '../refuse.js'
import { createTickets } from '../tickets.js'
import { AssertedIdentity, redeemSsoCode } from './redeem-sso-code.js'
import { SignInRefusal } from './sign-in-refusal.js'
import { Purpose, type SsoRequest, ssoRequests } from './sso-request.js'

const LIFETIME_SECONDS = 300

const SsoOutcome = z.object({
  purpose: Purpose,
  connection: z.string(),
  identity: AssertedIdentity.optional(),
  refusal: z.object({ code: z.string(), message: z.string() }).optional(),
})
export type SsoOutcome = z.infer<typeof SsoOutcome>

/** What identity providers answered, until the page that waits for it takes it. */
export function ssoOutcomes(context: OAuthContext, environment: string) {
  return createTickets(context, environment, 'SsoOutcome', SsoOutcome)
}

/**
 * Where identity providers send people back to. The answer is not given to whoever brings it: it is put aside
 * for the page that asked, which knows its own browser by a cookie.
 */
export function ssoRoutes(context: OAuthContext): Router {
  const router = Router()
  router.get('/:realm/sso/v1/oidc/:connection/callback', async (request, response, next) => {
    const { realm, connection: id } = request.params
    if (!isRealmName(realm)) return next()
    const asked = await ssoRequests(context, realm).take(String(request.query.state ?? ''))
    const connection = await findConnection(realm, id)
    if (asked === undefined || connection === undefined || asked.connection !== id) {
      return refuse(
        response,
        400,
        'invalid_request',
        'This sign-in was finished, took too long, or did not start here.',
      )
    }
    const ticket = randomBytes(32).toString('base64url')
    const outcome = { purpose: asked.purpose, connection: id, ...(await answer(request, connection, asked)) }
    await ssoOutcomes(context, realm).put(ticket, outcome, LIFETIME_SECONDS)
    const { purpose } = asked
    const page = purpose.kind === 'sign-in' ? `interaction/${purpose.uid}/sso` : 'portal/tested'
    response.set('Cache-Control', 'no-store').redirect(303, `/${realm}/${page}?ticket=${ticket}`)
  })
  return router

  async function findConnection(environment: string, id: string): Promise<ConnectionRow | undefined> {
    return context.database.db
      .selectFrom('connections')
      .selectAll()
      .where('environment_id', '=', environment)
      .where('id', '=', id)
      .executeTakeFirst()
  }

  async function answer(request: Request, connection: ConnectionRow, asked: SsoRequest) {
    const { error, code } = request.query
    try {
      if (typeof error === 'string') {
        throw new SignInRefusal('access_denied', `The identity provider refused (${error.slice(0, 100)}).`)
      }
      return { identity: await redeemSsoCode(context, connection, String(code ?? ''), asked) }
    } catch (failure) {
      if (!(failure instanceof SignInRefusal)) throw failure
      if (failure.cause !== undefined) reportFailure(failure.cause)
      return { refusal: { code: failure.code, message: failure.message } }
    }
  }
}
