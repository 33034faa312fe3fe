import { type Request, type RequestHandler, type Response, Router, text } from 'express'
import { isRealmName } from '../../domain/environments/realm.js'
import { accountRoutes } from '../accounts/account-routes.js'
import { registrationRoute } from '../clients/registration-route.js'
import { completeRequest } from '../sign-in/complete-request.js'
import { interactionRoutes } from '../sign-in/interaction-routes.js'
import { invitationRoutes } from '../sign-in/opened-invitation.js'
import { providerRoutes } from '../simulator/provider/provider-routes.js'
import { samlSimulatorRoutes } from '../simulator/saml-simulator-routes.js'
import { simulatorRoutes } from '../simulator/simulator-routes.js'
import { ssoRoutes } from '../sso/sso-routes.js'
import { userinfoRoute } from '../tokens/userinfo-route.js'
import type { AuthorizationServer, AuthorizationServers } from './authorization-server.js'
import type { OAuthContext } from './oauth-context.js'
import { openToPages } from './open-to-pages.js'
import { refuse } from './refuse.js'
import { refuseNullOrigin } from './refuse-null-origin.js'
import { withBody } from './request-body.js'

const FORM = 'application/x-www-form-urlencoded'
const OAUTH_METADATA = '/.well-known/oauth-authorization-server'
const OPENID_METADATA = '/.well-known/openid-configuration'

/**
 * The authorization servers over HTTP: every realm's under `/<realm>`, every MCP server's under
 * `/<realm>/resources/<id>`. Metadata is where RFC 8414, section 3 puts it (inserted before the path), and
 * where OpenID Connect Discovery and older clients look (appended). A resource has no OpenID configuration
 * and no key set of its own, as live.
 */
export function realmRoutes(context: OAuthContext, servers: AuthorizationServers): Router {
  const router = Router()
  router.use(refuseNullOrigin)
  router.options([`${OAUTH_METADATA}/*path`, `${OPENID_METADATA}/*path`], openToPages('GET'))
  router.get(`${OAUTH_METADATA}/:realm/resources/:resource`, metadata(servers, OAUTH_METADATA))
  router.get(`${OAUTH_METADATA}/:realm`, metadata(servers, OAUTH_METADATA))
  router.get(`${OPENID_METADATA}/:realm`, metadata(servers, OPENID_METADATA))

  router.use(
    invitationRoutes(context),
    ssoRoutes(context),
    accountRoutes(context),
    providerRoutes(context),
    samlSimulatorRoutes(context),
    simulatorRoutes(context),
  )
  router.use('/:realm', onlyRealms, registrationRoute(servers), userinfoRoute(context))
  router.use(
    '/:realm/resources/:resource',
    onlyRealms,
    serve(context, servers, [OAUTH_METADATA, '/oidc/logout']),
  )
  router.use(
    '/:realm',
    onlyRealms,
    serve(context, servers, [OAUTH_METADATA, OPENID_METADATA, '/keys', '/oidc/logout']),
  )
  return router
}

const onlyRealms: RequestHandler = (request, _response, next) =>
  next(isRealmName(String(request.params.realm)) ? undefined : 'router')

function metadata(servers: AuthorizationServers, document: string): RequestHandler {
  return async (request, response) => {
    const server = await find(servers, request)
    if (server === undefined) return noServer(response)
    request.url = document
    request.originalUrl = new URL(server.issuer).pathname + document
    await server.provider.callback()(request, response)
  }
}

function serve(context: OAuthContext, servers: AuthorizationServers, documents: string[]): RequestHandler {
  return async (request, response, next) => {
    const { path } = request
    const known = path.startsWith('/oauth/') || path.startsWith('/interaction/')
    if (!known && !documents.some((document) => path === document || path.startsWith(`${document}/`)))
      return next()
    const server = await find(servers, request)
    if (server === undefined) return noServer(response)
    if (path.startsWith('/interaction/')) return interactionRoutes(context, server)(request, response, next)
    if (path === '/oauth/register') return next()
    if (path === '/oauth/authorize' && request.method === 'GET') await completeUrl(context, server, request)
    if (path === '/oauth/token' && request.is(FORM)) return token(context, server, request, response, next)
    await server.provider.callback()(request, response)
  }
}

async function completeUrl(
  context: OAuthContext,
  server: AuthorizationServer,
  request: Request,
): Promise<void> {
  const query = new URL(request.url, context.baseUrl).searchParams
  request.url = `/oauth/authorize?${await completeRequest(context, server, query)}`
}

function token(
  context: OAuthContext,
  server: AuthorizationServer,
  ...http: Parameters<RequestHandler>
): void {
  const [request, response, next] = http
  text({ type: FORM, limit: '64kb' })(request, response, (error?: unknown) => {
    if (error !== undefined) return next(error)
    completeRequest(context, server, new URLSearchParams(String(request.body)))
      .then((params) => server.provider.callback()(withBody(request, params.toString()), response))
      .catch(next)
  })
}

function find(servers: AuthorizationServers, request: Request): Promise<AuthorizationServer | undefined> {
  const { realm, resource } = request.params
  return servers.find(String(realm), resource === undefined ? undefined : String(resource))
}

function noServer(response: Response): void {
  refuse(
    response,
    404,
    'not_found',
    'There is no authorization server here. Check the id of the environment or MCP server.',
  )
}
