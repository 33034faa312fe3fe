import { randomBytes } from 'node:crypto'
import { type NextFunction, type Request, type Response, Router, urlencoded } from 'express'
import { z } from 'zod'
import { keepConnectionTest } from '../../domain/connections/connection-tests.js'
import { SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { ssoOutcomes } from '../../domain/connections/sso-outcome.js'
import { type SsoRequest, ssoRequests } from '../../domain/connections/sso-request.js'
import { isRealmName } from '../../domain/environments/realm.js'
import { createTickets } from '../../domain/sessions/tickets.js'
import type { AssertedIdentity } from '../../domain/users/asserted-identity.js'
import { sendPage } from '../../http/page/send-page.js'
import { reportFailure } from '../../http/report-failure.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { refuse } from '../server/refuse.js'
import { idpInitiatedLogin } from './idp-initiated-login.js'
import { redeemSsoCode } from './oidc/redeem-sso-code.js'
import { redeemOwnLogin } from './own-login.js'
import { PostFormPage } from './saml/post-form-page.js'
import { printable, readResponse } from './saml/read-response.js'
import { redeemSamlResponse } from './saml/redeem-saml-response.js'
import { loadSaml } from './saml/saml-library.js'
import { serviceProviderMetadata } from './saml/service-provider.js'
import { requestForms } from './saml/start-saml.js'

const LIFETIME_SECONDS = 300
/** Longer than an assertion can be valid. */
const REPLAY_SECONDS = 3600
const USER_NEEDED = [
  'login_required',
  'interaction_required',
  'account_selection_required',
  'consent_required',
]

type Callback = Request<{ realm: string; connection: string }>

/**
 * Where identity providers send people back to. The answer is not given to whoever brings it: it is put aside
 * for the page that asked, which knows its own browser by a cookie.
 */
export function ssoRoutes(context: OAuthContext): Router {
  const router = Router()
  router.get('/:realm/sso/v1/oidc/:connection/callback', (request: Callback, response, next) => {
    const { state, error, error_description: description, code } = request.query
    return conclude(request, response, next, state, async (connection, asked) => {
      if (typeof error === 'string') throw refusalOf(error, description)
      return redeemSsoCode(context, connection, String(code ?? ''), asked)
    })
  })

  router.get(
    '/:realm/sso/v1/connections/:connection/partner\\:callback',
    (request: Callback, response, next) =>
      conclude(request, response, next, request.query.state, (connection, asked) =>
        redeemOwnLogin(context, connection, asked),
      ),
  )

  // SAML 2.0 Bindings, section 3.5 (HTTP POST): the form comes from the identity provider's page.
  const form = urlencoded({ extended: false, limit: '256kb' })
  router.post('/:realm/sso/v1/saml/:connection/callback', form, async (request: Callback, response, next) => {
    const { RelayState, SAMLResponse } = Object(request.body)
    const answer = String(SAMLResponse ?? '')
    const asked = await ssoRequests(context, request.params.realm).get(String(RelayState ?? ''))
    if (asked === undefined && isRealmName(request.params.realm)) {
      return welcome(request, response, next, { answer, relayState: String(RelayState ?? '') })
    }
    return conclude(request, response, next, RelayState, async (connection, { nonce }) => {
      const { identity } = await redeemSamlResponse(context, connection, answer, nonce)
      return identity
    })
  })

  router.get('/:realm/sso/v1/saml/:connection/request', async (request: Callback, response, next) => {
    const { realm } = request.params
    if (!isRealmName(realm)) return next()
    const ask = await requestForms(context, realm).take(String(request.query.ticket ?? ''))
    if (ask === undefined) return finished(response)
    const lead = 'You sign in at the identity provider of your organization.'
    const page = PostFormPage({ title: 'Continue to your identity provider', lead, ...ask })
    sendPage(response, page, { leadsAway: true, script: true })
  })

  router.get('/:realm/sso/v1/saml/:connection/metadata', async (request: Callback, response, next) => {
    const connection = await findConnection(request.params)
    if (connection?.type !== 'SAML') return next()
    response.type('application/samlmetadata+xml').send(await serviceProviderMetadata(context, connection))
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
      return finished(response)
    }
    const ticket = randomBytes(32).toString('base64url')
    const { purpose } = asked
    const answered = { connection: id, ...(await answer(() => redeem(connection, asked))) }
    if (purpose.kind === 'test') await keepConnectionTest(context, realm, purpose.request, answered)
    const outcome = { purpose, ...answered }
    await ssoOutcomes(context, realm).put(ticket, outcome, LIFETIME_SECONDS)
    const page = purpose.kind === 'sign-in' ? `${purpose.page}/sso` : `/${realm}/portal/tested`
    response.set('Cache-Control', 'no-store').redirect(303, `${page}?ticket=${ticket}`)
  }

  /** Somebody who began at the identity provider (SAML 2.0 Profiles, section 4.1.5). An assertion is good once. */
  async function welcome(
    request: Callback,
    response: Response,
    next: NextFunction,
    { answer, relayState }: { answer: string; relayState: string },
  ): Promise<void> {
    const connection = await findConnection(request.params)
    if (connection?.type !== 'SAML') return next()
    const read = await readResponse(await loadSaml(), answer).catch(() => undefined)
    if (read?.inResponseTo !== undefined) return finished(response)
    const place = await idpInitiatedLogin(context, connection, async () => {
      const { identity, assertionId } = await redeemSamlResponse(context, connection, answer, undefined)
      const used = createTickets(context, connection.environment_id, 'SamlAssertion', z.string())
      if (!(await used.putNew(`${connection.id} ${assertionId}`, connection.id, REPLAY_SECONDS))) {
        throw new SignInRefusal('invalid_saml_response', 'The assertion was used before.')
      }
      return { email: identity.email, relayState: relayState.slice(0, 1000) }
    })
    if (place === undefined) return noApplication(response)
    response.set('Cache-Control', 'no-store').redirect(302, place)
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

/** What an identity provider answers instead of a code (RFC 6749, section 4.1.2.1; OpenID Connect Core, section 3.1.2.6). */
function refusalOf(error: string, description: unknown): SignInRefusal {
  const code = USER_NEEDED.includes(error)
    ? 'user_login_required'
    : (['access_denied', 'server_error'].find((known) => known === error) ?? 'authentication_not_completed')
  const said = typeof description === 'string' ? printable(description) : ''
  return new SignInRefusal(
    code,
    `The identity provider answered ${printable(error)}${said === '' ? '.' : `: ${said}`}`,
  )
}

function finished(response: Response): void {
  const description = 'This sign-in was finished, took too long, or did not start here.'
  refuse(response, 400, 'invalid_request', description)
}

export function noApplication(response: Response): void {
  const description =
    'No application of this environment takes a sign-in that begins at the identity provider. Register an initiate-login URL.'
  refuse(response, 400, 'invalid_request', description)
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
