import { randomBytes } from 'node:crypto'
import { type NextFunction, type Request, type Response, Router, urlencoded } from 'express'
import { SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { ssoOutcomes } from '../../domain/connections/sso-outcome.js'
import { type SsoRequest, ssoRequests } from '../../domain/connections/sso-request.js'
import { isRealmName } from '../../domain/environments/realm.js'
import type { AssertedIdentity } from '../../domain/users/asserted-identity.js'
import { reportFailure } from '../../http/report-failure.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { refuse } from '../server/refuse.js'
import { redeemSsoCode } from './oidc/redeem-sso-code.js'
import { redeemSamlResponse } from './saml/redeem-saml-response.js'
import { serviceProviderMetadata } from './saml/service-provider.js'

const LIFETIME_SECONDS = 300

type Callback = Request<{ realm: string; connection: string }>

/**
 * Where identity providers send people back to. The answer is not given to whoever brings it: it is put aside
 * for the page that asked, which knows its own browser by a cookie.
 */
export function ssoRoutes(context: OAuthContext): Router {
  const router = Router()
  router.get('/:realm/sso/v1/oidc/:connection/callback', (request: Callback, response, next) => {
    const { state, error, code } = request.query
    return conclude(request, response, next, state, async (connection, asked) => {
      if (typeof error === 'string') {
        throw new SignInRefusal('access_denied', `The identity provider refused (${error.slice(0, 100)}).`)
      }
      return redeemSsoCode(context, connection, String(code ?? ''), asked)
    })
  })

  // SAML 2.0 Bindings, section 3.5 (HTTP POST): the form comes from the identity provider's page.
  const form = urlencoded({ extended: false, limit: '256kb' })
  router.post('/:realm/sso/v1/saml/:connection/callback', form, (request: Callback, response, next) => {
    const { RelayState, SAMLResponse } = Object(request.body)
    return conclude(request, response, next, RelayState, (connection, asked) =>
      redeemSamlResponse(context, connection, String(SAMLResponse ?? ''), asked.nonce),
    )
  })

  router.get('/:realm/sso/v1/saml/:connection/metadata', async (request: Callback, response, next) => {
    const connection = await findConnection(request.params)
    if (connection?.type !== 'SAML') return next()
    response
      .type('application/samlmetadata+xml')
      .send(await serviceProviderMetadata(context.baseUrl, connection))
  })

  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (!(error instanceof SignInRefusal)) return next(error)
    refuse(response, 501, error.code, error.message)
  })
  return router

  async function conclude(
    request: Callback,
    response: Response,
    next: NextFunction,
    state: unknown,
    redeem: (connection: ConnectionRow, asked: SsoRequest) => Promise<AssertedIdentity>,
  ): Promise<void> {
    const { realm, connection: id } = request.params
    if (!isRealmName(realm)) return next()
    const asked = await ssoRequests(context, realm).take(String(state ?? ''))
    const connection = await findConnection(request.params)
    if (asked === undefined || connection === undefined || asked.connection !== id) {
      return refuse(
        response,
        400,
        'invalid_request',
        'This sign-in was finished, took too long, or did not start here.',
      )
    }
    const ticket = randomBytes(32).toString('base64url')
    const { purpose } = asked
    const outcome = { purpose, connection: id, ...(await answer(() => redeem(connection, asked))) }
    await ssoOutcomes(context, realm).put(ticket, outcome, LIFETIME_SECONDS)
    const page = purpose.kind === 'sign-in' ? `${purpose.page}/sso` : `/${realm}/portal/tested`
    response.set('Cache-Control', 'no-store').redirect(303, `${page}?ticket=${ticket}`)
  }

  async function findConnection({
    realm,
    connection,
  }: Callback['params']): Promise<ConnectionRow | undefined> {
    return context.database.db
      .selectFrom('connections')
      .selectAll()
      .where('environment_id', '=', realm)
      .where('id', '=', connection)
      .executeTakeFirst()
  }
}

async function answer(redeem: () => Promise<AssertedIdentity>) {
  try {
    return { identity: await redeem() }
  } catch (failure) {
    if (!(failure instanceof SignInRefusal)) throw failure
    if (failure.cause !== undefined) reportFailure(failure.cause)
    return { refusal: { code: failure.code, message: failure.message } }
  }
}
