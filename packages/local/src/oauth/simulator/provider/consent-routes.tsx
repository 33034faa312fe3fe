import { type Request, type Response, Router, urlencoded } from 'express'
import { z } from 'zod'
import { connectionData } from '../../../domain/connections/connection-data.js'
import { accountCallback } from '../../../domain/connections/sso-callback.js'
import { csrfToken, newCsrfToken, spendCsrfToken } from '../../../http/page/csrf.js'
import { ErrorPage } from '../../../http/page/message-pages.js'
import { refuseForm } from '../../../http/page/refuse-form.js'
import { sendPage } from '../../../http/page/send-page.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { authorizationCodes } from './authorization-codes.js'
import { ProviderConsentPage } from './consent-page.js'

type Ask = Request<{ connection: string }>

const Authorization = z.object({
  response_type: z.literal('code'),
  client_id: z.string(),
  redirect_uri: z.string(),
  state: z.string().default(''),
  scope: z.string().default(''),
  code_challenge: z.string().min(43).max(128),
  code_challenge_method: z.literal('S256'),
  login_hint: z.string().default(''),
})

/** The authorization endpoint of the provider that is simulated for a connection (RFC 6749, section 4.1.1). */
export function consentRoutes(context: OAuthContext): Router {
  const router = Router()
  const path = '/simulator/:connection/oauth/authorize'

  router.get(path, async (request: Ask, response) => {
    const asked = await read(request)
    if (asked === undefined) return refuseRequest(response)
    show(request, response, asked, csrfToken(request, response))
  })

  router.post(path, urlencoded({ extended: false, limit: '16kb' }), async (request: Ask, response) => {
    const asked = await read(request)
    if (asked === undefined) return refuseRequest(response)
    if (!spendCsrfToken(request, response, request.body?.csrf)) return refuseForm(response)
    const { answer, account, scopes, access } = Object(request.body) as Record<string, unknown>
    const { redirect_uri, state, code_challenge } = asked
    if (answer !== 'allow') {
      const error_description = 'The user denied access'
      return lead(response, redirect_uri, { error: 'access_denied', error_description, state })
    }
    if (String(account ?? '').trim() === '') {
      const csrf = newCsrfToken(request, response)
      return show(request, response, { ...asked, problem: 'Name the account.' }, csrf)
    }
    const allowed = String(scopes ?? '').split(/\s+/)
    const consent = {
      ...{ redirect_uri, code_challenge, offline: access !== 'online' },
      scopes: asked.scopes.filter((scope) => allowed.includes(scope)),
    }
    const code = await authorizationCodes(context, request.params.connection).issue(consent)
    lead(response, redirect_uri, { code, state })
  })
  return router

  /** Where the client or its redirect URI is not known, nobody is sent anywhere (section 4.1.2.1). */
  async function read({ params: { connection }, query }: Ask) {
    const row = await context.database.db
      .selectFrom('connections')
      .selectAll()
      .where('id', '=', connection)
      .executeTakeFirst()
    const asked = Authorization.safeParse(query)
    if (row === undefined || !asked.success || asked.data.client_id !== connection) return undefined
    if (asked.data.redirect_uri !== accountCallback(context.baseUrl, row)) return undefined
    const { provider_key } = connectionData(row)
    const toolbox = await context.agentTools.catalogue.of(row.environment_id)
    const provider = toolbox.connector(provider_key)?.display_name ?? (provider_key || row.key_id)
    const scopes = asked.data.scope.split(' ').filter(Boolean)
    return { ...asked.data, provider, scopes }
  }
}

interface Asked {
  readonly provider: string
  readonly scopes: readonly string[]
  readonly login_hint: string
  readonly problem?: string
}

function show(request: Ask, response: Response, asked: Asked, csrf: string): void {
  const { provider, scopes, login_hint: account, problem } = asked
  const view = { provider, scopes, account, csrf, action: request.originalUrl }
  const page = <ProviderConsentPage {...view} {...(problem !== undefined && { problem })} />
  sendPage(response, page, { leadsAway: true, status: problem === undefined ? 200 : 422 })
}

function lead(response: Response, to: string, params: Record<string, string>): void {
  response.set('Cache-Control', 'no-store').redirect(303, `${to}?${new URLSearchParams(params)}`)
}

function refuseRequest(response: Response): void {
  const page = (
    <ErrorPage
      title="The provider does not know this request"
      explanation="Its client, its redirect URI or its PKCE challenge is not that of the connection."
      next="Go back to the application and ask for a new link."
      code="invalid_request"
    />
  )
  sendPage(response, page, { status: 400 })
}
