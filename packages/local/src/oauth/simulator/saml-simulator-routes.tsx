import { type NextFunction, type Request, type Response, Router, urlencoded } from 'express'
import { SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { csrfToken, newCsrfToken, spendCsrfToken } from '../../http/page/csrf.js'
import { refuseForm } from '../../http/page/refuse-form.js'
import { sendPage } from '../../http/page/send-page.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { refuse } from '../server/refuse.js'
import { PostFormPage } from '../sso/saml/post-form-page.js'
import { loadSaml } from '../sso/saml/saml-library.js'
import { beginAtIdp } from './begin-at-idp.js'
import { refusingResponse, type SamlAnswer, signedResponse } from './saml-response.js'
import { readErrorForm, readPersonForm } from './simulated-person.js'
import { readAuthnRequest, simulatedSamlMetadata, simulatorKey } from './simulated-saml-idp.js'
import { SimulatorPage } from './simulator-page.js'

type Idp = Request<{ connection: string }>

/** The SAML side of the simulated identity providers, each under `/simulator/<connection>/saml`. */
export function samlSimulatorRoutes(context: OAuthContext): Router {
  const router = Router()
  const form = urlencoded({ extended: false, limit: '16kb' })

  router.get('/simulator/:connection/saml/metadata', async (request, response, next) => {
    const connection = await find(request)
    if (connection === undefined) return next()
    const document = await simulatedSamlMetadata(context, await loadSaml(), connection.id)
    response.type('application/samlmetadata+xml').send(document)
  })

  router.get('/simulator/:connection/saml', async (request, response) => {
    if ((await asked(request)) === undefined) return unreadable(response)
    const { login_hint: hint } = request.query
    show(request, response, csrfToken(request, response), typeof hint === 'string' ? { email: hint } : {})
  })

  router.post('/simulator/:connection/saml', form, async (request: Idp, response) => {
    const answer = await asked(request)
    if (answer === undefined) return unreadable(response)
    if (!spendCsrfToken(request, response, request.body?.csrf)) return refuseForm(response)
    const library = await loadSaml()
    if (request.body.answer === 'refuse')
      return send(response, answer, refusingResponse(library, answer, readErrorForm(request.body)))
    const { person, problem, email } = readPersonForm(request.body)
    if (person === undefined) {
      return show(request, response, newCsrfToken(request, response), { email, problem })
    }
    if (request.body.answer === 'idp-initiated') {
      const row = await find(request)
      return row && beginAtIdp(context, response, row, person, String(request.body.relay_state ?? ''))
    }
    const { pem } = await simulatorKey(context)
    send(response, answer, signedResponse(library, pem, answer, person))

    function send(to: Response, { recipient }: SamlAnswer, samlResponse: string): void {
      const relayState = String(request.query.RelayState ?? '')
      const lead = 'The answer is ready. Take it to the service that asked.'
      const fields = { SAMLResponse: samlResponse, RelayState: relayState }
      const page = (
        <PostFormPage title="Identity provider simulator" lead={lead} action={recipient} fields={fields} />
      )
      sendPage(to, page, { leadsAway: true, script: true })
    }
  })

  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (!(error instanceof SignInRefusal)) return next(error)
    refuse(response, 501, error.code, error.message)
  })
  return router

  async function asked(request: Idp): Promise<SamlAnswer | undefined> {
    const connection = await find(request)
    return connection && readAuthnRequest(context, await loadSaml(), connection, request.query.SAMLRequest)
  }

  function find({ params }: Idp) {
    return context.database.db
      .selectFrom('connections')
      .selectAll()
      .where('id', '=', params.connection)
      .where('type', '=', 'SAML')
      .executeTakeFirst()
  }
}

function show(request: Idp, response: Response, csrf: string, view: { email?: string; problem?: string }) {
  const { connection } = request.params
  const page = <SimulatorPage connection={connection} action={request.originalUrl} csrf={csrf} {...view} />
  sendPage(response, page, { leadsAway: true, status: view.problem === undefined ? 200 : 422 })
}

function unreadable(response: Response): void {
  refuse(
    response,
    400,
    'invalid_request',
    'There is no SAML connection with this id, or its AuthnRequest cannot be read or names another address for the answer.',
  )
}
