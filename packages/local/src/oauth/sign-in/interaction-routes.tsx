import { type NextFunction, type Request, type Response, Router, urlencoded } from 'express'
import { errors } from 'oidc-provider'
import { describeScope } from '../../domain/resources/scopes.js'
import { findPerson, type Person } from '../../domain/users/people.js'
import { csrfToken, spendCsrfToken } from '../../http/page/csrf.js'
import { ErrorPage, EXPIRED } from '../../http/page/message-pages.js'
import { refuseForm } from '../../http/page/refuse-form.js'
import { sendPage } from '../../http/page/send-page.js'
import type { AuthorizationServer } from '../server/authorization-server.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { actingOrganizations } from './acting-organization.js'
import { type ConsentRequest, readConsentRequest, saveGrant } from './consent.js'
import { clientId, type Interaction, redirectUri } from './interaction.js'
import { ConsentPage } from './pages/consent-page.js'
import { describeDestination } from './pages/destination.js'
import { createSignInSteps } from './sign-in-steps.js'

/** The pages in the middle of an authorization request: who are you, and do you allow this. */
export function interactionRoutes(context: OAuthContext, server: AuthorizationServer): Router {
  const { provider, realm } = server
  const signIn = createSignInSteps(context, server)
  const router = Router({ mergeParams: true })

  router.get('/interaction/:uid', async (request, response) => {
    const interaction = await current(request, response)
    if (interaction.prompt.name !== 'consent') return signIn.begin({ request, response, interaction })
    return showConsent(request, response, interaction)
  })

  router.get('/interaction/:uid/sso', async (request, response) => {
    const interaction = await current(request, response)
    return signIn.takeSsoAnswer({ request, response, interaction })
  })

  router.get('/interaction/:uid/with/:connection', async (request, response) => {
    const interaction = await current(request, response)
    return signIn.begin({ request, response, interaction }, { connection_id: request.params.connection })
  })

  router.get('/interaction/:uid/password', async (request, response) => {
    const interaction = await current(request, response)
    return signIn.openPasswordLink({ request, response, interaction })
  })

  router.get('/interaction/:uid/passkey', async (request, response) => {
    const interaction = await current(request, response)
    return signIn.openPasskeyLink({ request, response, interaction })
  })

  router.get('/interaction/:uid/code', async (request, response) => {
    const interaction = await current(request, response)
    return signIn.showCodePage({ request, response, interaction })
  })

  router.get('/interaction/:uid/link', async (request, response) => {
    const interaction = await current(request, response)
    return signIn.takeLink({ request, response, interaction })
  })

  router.post(
    '/interaction/:uid',
    urlencoded({ extended: false, limit: '16kb' }),
    async (request, response) => {
      const interaction = await current(request, response)
      if (!spendCsrfToken(request, response, request.body?.csrf)) return refuseForm(response)
      if (interaction.prompt.name !== 'consent') return signIn.submit({ request, response, interaction })
      return answerConsent(request, response, interaction)
    },
  )

  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (!(error instanceof errors.SessionNotFound)) return next(error)
    return sendPage(response, <ErrorPage {...EXPIRED} />, { status: 400 })
  })

  return router

  async function current(request: Request, response: Response): Promise<Interaction> {
    const interaction = await provider.interactionDetails(request, response)
    if (interaction.uid !== request.params.uid)
      throw new errors.SessionNotFound('another interaction is open')
    return interaction
  }

  async function showConsent(request: Request, response: Response, interaction: Interaction) {
    const { person, asked } = await question(interaction)
    const client = await provider.Client.find(clientId(interaction))
    const page = (
      <ConsentPage
        client={{
          name: client?.clientName ?? clientId(interaction),
          host: clientHost(clientId(interaction)),
        }}
        resource={asked.target}
        destination={describeDestination(redirectUri(interaction))}
        person={person}
        scopes={[...asked.resources.flatMap(({ granted }) => granted), ...asked.identity].map(describeScope)}
        withheld={asked.resources.flatMap(({ withheld }) => withheld)}
        action={request.baseUrl + request.path}
        csrf={csrfToken(request, response)}
      />
    )
    return sendPage(response, page, { leadsAway: true })
  }

  async function answerConsent(request: Request, response: Response, interaction: Interaction) {
    const { person, asked } = await question(interaction)
    if (request.body.answer !== 'allow') {
      const denied = { error: 'access_denied', error_description: 'The person did not allow this.' }
      return provider.interactionFinished(request, response, denied, { mergeWithLastSubmission: false })
    }
    const grantId = await saveGrant(provider, asked, {
      accountId: person.id,
      clientId: clientId(interaction),
    })
    const acting = actingOrganizations(context, realm)
    const organization = await acting.get(interaction.session?.uid)
    if (organization !== undefined) await acting.set(grantId, organization)
    return provider.interactionFinished(request, response, { consent: { grantId } })
  }

  async function question(interaction: Interaction): Promise<{ person: Person; asked: ConsentRequest }> {
    const { accountId = '', uid } = interaction.session ?? {}
    const organization = await actingOrganizations(context, realm).get(uid)
    const person = await findPerson(context.database, realm, accountId, organization)
    if (person === undefined) throw new errors.SessionNotFound('the person is gone')
    return { person, asked: await readConsentRequest(context, server, interaction.params, person) }
  }
}

/** Who vouches for the client's name: the host of its document, or nobody. */
function clientHost(id: string): string {
  return URL.canParse(id) ? new URL(id).host : 'registered itself; nobody vouches for its name'
}
