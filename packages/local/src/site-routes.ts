import { Router } from 'express'
import { agentRoutes } from './agents/agent-routes.js'
import type { DecodeMessage, FaultBox } from './dashboard/activity-routes.js'
import type { LoadedApi } from './dashboard/dashboard-api.js'
import { dashboardGuard } from './dashboard/dashboard-guard.js'
import { dashboardRoutes } from './dashboard/dashboard-routes.js'
import { docsRoutes } from './docs-routes.js'
import { STYLESHEET_PATH } from './http/page/page.js'
import { STYLESHEET } from './http/page/stylesheet.js'
import type { OwnAddress } from './http/replay-request.js'
import type { RequestLog } from './http/request-log.js'
import { createAuthorizationServers } from './oauth/server/authorization-server.js'
import type { OAuthContext } from './oauth/server/oauth-context.js'
import { realmRoutes } from './oauth/server/realm-routes.js'
import { PASSKEY_SCRIPT, PASSKEY_SCRIPT_PATH } from './oauth/sign-in/pages/passkey-script.js'
import { PIN_SCRIPT, PIN_SCRIPT_PATH } from './oauth/sign-in/pages/pin-script.js'
import { simulatedSaml } from './oauth/simulator/simulated-saml-idp.js'
import { fetchMetadata } from './oauth/sso/saml/saml-identity-provider.js'
import { loadSaml } from './oauth/sso/saml/saml-library.js'
import { readSamlMetadata } from './oauth/sso/saml/saml-metadata.js'
import { SUBMIT_SCRIPT, SUBMIT_SCRIPT_PATH } from './oauth/sso/saml/submit-script.js'
import { startTest } from './oauth/sso/start-test.js'
import { createAuthenticate } from './oauth/tokens/authenticate.js'
import type { PortalContext } from './portal/portal-context.js'
import { portalRoutes } from './portal/portal-routes.js'
import { PORTAL_SCRIPT, PORTAL_SCRIPT_PATH } from './portal/portal-script.js'
import { scimRoutes } from './scim/scim-routes.js'
import type { MovableClock } from './storage/clock.js'

export interface Site {
  context: OAuthContext
  log: RequestLog
  /** Back to the seed. */
  reset(): Promise<void>
  token: string | undefined
  clock: MovableClock
  faults: FaultBox
  address: OwnAddress
  /** The management API, for the dashboard. */
  api(): Promise<LoadedApi>
}

/** What people, agents and OAuth clients meet: pages, documentation, the proxy, SCIM, the authorization servers. */
export function siteRoutes({ context, token, ...parts }: Site): Router {
  const router = Router()
  router.get(PASSKEY_SCRIPT_PATH, (_request, response) => {
    response.type('js').set('X-Content-Type-Options', 'nosniff').send(PASSKEY_SCRIPT)
  })

  router.get(PIN_SCRIPT_PATH, (_request, response) => {
    response.type('js').set('X-Content-Type-Options', 'nosniff').send(PIN_SCRIPT)
  })

  router.get(SUBMIT_SCRIPT_PATH, (_request, response) => {
    response.type('js').set('X-Content-Type-Options', 'nosniff').send(SUBMIT_SCRIPT)
  })

  router.get(PORTAL_SCRIPT_PATH, (_request, response) => {
    response.type('js').set('X-Content-Type-Options', 'nosniff').send(PORTAL_SCRIPT)
  })

  router.get(STYLESHEET_PATH, (_request, response) => {
    response.type('css').set('X-Content-Type-Options', 'nosniff').send(STYLESHEET)
  })
  router.use('/docs', docsRoutes(context.baseUrl))
  if (token !== undefined) router.use(dashboardGuard(token, parts.address.port))
  const decode: DecodeMessage = async (...body) =>
    (await import('./api/decode-message.js')).decodeMessage(...body)
  router.use(dashboardRoutes({ context, decode, ...parts }))
  router.use(agentRoutes({ ...context, authenticate: createAuthenticate(context) }))
  router.use('/:realm/directories/:directory/scim/v2', scimRoutes(context))
  router.use('/:realm', portalRoutes(portalContext(context)))
  router.use(realmRoutes(context, createAuthorizationServers(context)))
  return router
}

function portalContext(context: OAuthContext): PortalContext {
  return {
    ...context,
    startTest: (connection) => startTest(context, connection),
    readSamlMetadata: async (source) => {
      const library = await loadSaml()
      return readSamlMetadata(library, 'xml' in source ? source.xml : await fetchMetadata(source.url))
    },
    simulatorMetadataUrl: ({ id }) => simulatedSaml(context.baseUrl, id).metadataUrl,
  }
}
