import { type NextFunction, type Request, type Response, Router, urlencoded } from 'express'
import { errors, type Provider } from 'oidc-provider'
import { csrfToken, newCsrfToken, spendCsrfToken } from '../../http/page/csrf.js'
import { ErrorPage, EXPIRED } from '../../http/page/message-pages.js'
import { refuseForm } from '../../http/page/refuse-form.js'
import { sendPage } from '../../http/page/send-page.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { refuse } from '../server/refuse.js'
import { beginAtIdp, isSimulated } from './begin-at-idp.js'
import { createSimulatedIdp } from './simulated-idp.js'
import { keepPerson, readErrorForm, readPersonForm } from './simulated-person.js'
import { SimulatorPage } from './simulator-page.js'

/** The simulated identity providers, each under `/simulator/<connection>`. */
export function simulatorRoutes(context: OAuthContext): Router {
  const made = new Map<string, Promise<Provider>>()
  const router = Router()
  const form = urlencoded({ extended: false, limit: '16kb' })

  router.get('/simulator/:connection/interaction/:uid', async (request, response) => {
    const provider = await find(request.params.connection)
    if (provider === undefined) return noProvider(response)
    const { uid, params } = await provider.interactionDetails(request, response)
    if (uid !== request.params.uid) throw new errors.SessionNotFound('another interaction is open')
    const { login_hint: hint } = params
    show(request, response, csrfToken(request, response), typeof hint === 'string' ? { email: hint } : {})
  })

  router.post('/simulator/:connection/interaction/:uid', form, async (request, response) => {
    const provider = await find(request.params.connection)
    if (provider === undefined) return noProvider(response)
    const { uid } = await provider.interactionDetails(request, response)
    if (uid !== request.params.uid) throw new errors.SessionNotFound('another interaction is open')
    if (!spendCsrfToken(request, response, request.body?.csrf)) return refuseForm(response)
    if (request.body.answer === 'refuse') {
      const { oauth: error, message: error_description } = readErrorForm(request.body)
      const refused = { error, error_description }
      return provider.interactionFinished(request, response, refused, { mergeWithLastSubmission: false })
    }
    const { person, problem, email } = readPersonForm(request.body)
    if (person === undefined) {
      return show(request, response, newCsrfToken(request, response), { email, problem })
    }
    if (request.body.answer === 'idp-initiated') {
      const row = await connectionOf(request.params.connection)
      return row && beginAtIdp(context, response, row, person, String(request.body.relay_state ?? ''))
    }
    const accountId = await keepPerson(context, request.params.connection, person)
    return provider.interactionFinished(request, response, { login: { accountId, remember: false } })
  })

  router.get('/simulator/:connection/idp-initiated', async (request, response, next) => {
    const row = await connectionOf(request.params.connection)
    if (row === undefined || !isSimulated(row)) return next()
    show(request, response, csrfToken(request, response), { onlyIdpInitiated: true })
  })

  router.post('/simulator/:connection/idp-initiated', form, async (request, response, next) => {
    const row = await connectionOf(request.params.connection)
    if (row === undefined || !isSimulated(row)) return next()
    if (!spendCsrfToken(request, response, request.body?.csrf)) return refuseForm(response)
    const { person, problem, email } = readPersonForm(request.body)
    if (person === undefined) {
      const view = { email, problem, onlyIdpInitiated: true }
      return show(request, response, newCsrfToken(request, response), view)
    }
    return beginAtIdp(context, response, row, person, String(request.body.relay_state ?? ''))
  })

  router.use('/simulator/:connection', async (request, response) => {
    const provider = await find(request.params.connection)
    if (provider === undefined) return noProvider(response)
    await provider.callback()(request, response)
  })

  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (!(error instanceof errors.SessionNotFound)) return next(error)
    return sendPage(response, <ErrorPage {...EXPIRED} />, { status: 400 })
  })
  return router

  function connectionOf(id: string) {
    return context.database.db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst()
  }

  async function find(connection: string): Promise<Provider | undefined> {
    const row = await context.database.db
      .selectFrom('connections')
      .select(['id', 'environment_id'])
      .where('id', '=', connection)
      .executeTakeFirst()
    if (row === undefined) return undefined
    const provider = made.get(row.id) ?? createSimulatedIdp(context, row)
    made.set(row.id, provider)
    provider.catch(() => made.delete(row.id))
    return provider
  }
}

function show(
  request: Request<{ connection: string }>,
  response: Response,
  csrf: string,
  view: { email?: string; problem?: string; onlyIdpInitiated?: boolean },
) {
  const { connection } = request.params
  const page = <SimulatorPage connection={connection} action={request.path} csrf={csrf} {...view} />
  sendPage(response, page, { leadsAway: true, status: view.problem === undefined ? 200 : 422 })
}

function noProvider(response: Response): void {
  refuse(
    response,
    404,
    'not_found',
    'There is no connection with this id, so no identity provider is simulated.',
  )
}
