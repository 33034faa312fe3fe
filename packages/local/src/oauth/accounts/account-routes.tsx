import { createHash, randomBytes } from 'node:crypto'
import { type Request, type Response, Router } from 'express'
import { ProviderFailure, providerPaths } from '../../domain/agent-tools/providers.js'
import { requestedScopes } from '../../domain/agent-tools/requested-scopes.js'
import {
  accountRequests,
  credentialRequests,
  LinkData,
  REQUEST_SECONDS,
} from '../../domain/connected-accounts/account-requests.js'
import { completeConsent } from '../../domain/connected-accounts/complete-consent.js'
import { detailsCase } from '../../domain/connected-accounts/connected-account-changes.js'
import { lookUpAccount, type NamedAccount } from '../../domain/connected-accounts/connected-account-data.js'
import { accountCallback, accountConnectedPage } from '../../domain/connections/sso-callback.js'
import { DomainError } from '../../domain/domain-error.js'
import { isRealmName } from '../../domain/environments/realm.js'
import { ACCOUNT_LINK, redeemLink } from '../../domain/links/link-data.js'
import { sendPage } from '../../http/page/send-page.js'
import { hashSecret } from '../../storage/secret-hash.js'
import type { OAuthContext } from '../server/oauth-context.js'
import {
  ClosedLinkPage,
  ConnectedPage,
  DisabledConnectionPage,
  FAILURES,
  type FailureName,
  FailurePage,
} from './account-pages.js'
import { credentialRoutes } from './credential-routes.js'

type Realm = { realm: string }
type Callback = Request<Realm & { connection: string }>

/**
 * Where a user connects an account: the link leads to the provider of the account, which sends the user back here, or to
 * a form for credentials.
 */
export function accountRoutes(context: OAuthContext): Router {
  const router = Router()
  router.get(
    '/:realm/magicLink/:token',
    async (request: Request<Realm & { token: string }>, response, next) => {
      const { realm, token } = request.params
      if (!isRealmName(realm) || !token.endsWith(ACCOUNT_LINK) || request.method !== 'GET') return next()
      const link = await redeemLink(context, realm, token)
      const account = await accountOf(realm, link?.connected_account_id)
      if (link === undefined || account === undefined)
        return sendPage(response, <ClosedLinkPage />, { status: 410 })
      if (account.connection_enabled !== 1)
        return sendPage(response, <DisabledConnectionPage />, { status: 409 })
      if (detailsCase(account.connection_type) !== 'oauthToken') {
        const ticket = randomBytes(32).toString('base64url')
        await credentialRequests(context, realm).put(ticket, { account: account.id }, REQUEST_SECONDS)
        return lead(response, `/${realm}/connect/${ticket}`)
      }
      lead(response, await askProvider(response, account, LinkData.parse(JSON.parse(link.data))))
    },
  )

  router.use(credentialRoutes(context))

  router.get('/:realm/sso/v1/oauth/:connection/callback', async (request: Callback, response, next) => {
    const { realm, connection } = request.params
    if (!isRealmName(realm)) return next()
    const state = String(request.query.state ?? '')
    const asked = await accountRequests(context, realm).take(state)
    const account = await accountOf(realm, asked?.account)
    if (asked === undefined || account?.connection_id !== connection)
      return fail(request, response, 'invalid_state')
    if (hashSecret(cookieOf(request, state) ?? '') !== asked.browser)
      return fail(request, response, 'other_browser')
    const place = { id: connection, environment_id: realm }
    const { code, error } = request.query
    if (typeof code !== 'string') return fail(request, response, failureNamed(error))
    try {
      const { providers } = context.agentTools
      const redirectUri = accountCallback(context.baseUrl, place)
      const tokens = await providers.redeemCode(connection, code, redirectUri, asked.verifier)
      const outcome = await completeConsent(context, account, asked.link, tokens)
      if (outcome === undefined) return fail(request, response, 'no_verify_url')
      lead(response, outcome.verifyUrl ?? accountConnectedPage(context.baseUrl, place))
    } catch (failure) {
      if (failure instanceof ProviderFailure) return fail(request, response, 'not_exchanged')
      // The account was deleted in the meantime.
      if (failure instanceof DomainError) return fail(request, response, 'invalid_state')
      throw failure
    }
  })

  router.get('/:realm/sso/v1/oauth/:connection/connected', (request: Callback, response, next) => {
    if (!isRealmName(request.params.realm)) return next()
    sendPage(response, <ConnectedPage />)
  })

  router.get('/:realm/sso/v1/oauth/:connection/failed', (request: Callback, response, next) => {
    if (!isRealmName(request.params.realm)) return next()
    const { error, error_description: description } = request.query
    sendPage(response, <FailurePage error={error} description={description} />, { status: 400 })
  })
  return router

  /** RFC 6749, section 4.1.1, with PKCE; the browser that has opened the link is known by a cookie. */
  async function askProvider(response: Response, account: NamedAccount, link: LinkData): Promise<string> {
    const { connection_id: id, environment_id } = account
    const [state, browser, verifier] = [secret(), secret(), secret()]
    const asked = { account: account.id, link, browser: hashSecret(browser), verifier }
    await accountRequests(context, environment_id).put(state, asked, REQUEST_SECONDS)
    const path = `/${environment_id}/sso/v1/oauth`
    const lasts = { httpOnly: true, sameSite: 'lax', path, maxAge: REQUEST_SECONDS * 1000 } as const
    response.cookie(cookieName(state), browser, lasts)
    const scopes = await requestedScopes(context.agentTools, account)
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: id,
      redirect_uri: accountCallback(context.baseUrl, { id, environment_id }),
      scope: scopes.join(' '),
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      login_hint: account.identifier,
    })
    return `${providerPaths(id).authorize}?${query}`
  }

  async function accountOf(realm: string, id: string | null | undefined): Promise<NamedAccount | undefined> {
    return id ? lookUpAccount(context.database.db, realm, id) : undefined
  }
}

function fail({ params: { realm, connection } }: Callback, response: Response, name: FailureName): void {
  const { error, description } = FAILURES[name]
  const query = new URLSearchParams({ error, error_description: description })
  lead(response, `/${realm}/sso/v1/oauth/${connection}/failed?${query}`)
}

function failureNamed(error: unknown): FailureName {
  const name = Object.keys(FAILURES).find((known) => known === error)
  return (name as FailureName | undefined) ?? 'server_error'
}

function lead(response: Response, location: string): void {
  response.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' }).redirect(303, location)
}

const secret = () => randomBytes(32).toString('base64url')

/** Several links can be open in one browser. */
const cookieName = (state: string) => `account_${hashSecret(state).slice(0, 12)}`

function cookieOf(request: Request, state: string): string | undefined {
  const name = `${cookieName(state)}=`
  const pairs = (request.headers.cookie ?? '').split(/; */)
  return pairs.find((pair) => pair.startsWith(name))?.slice(name.length)
}
