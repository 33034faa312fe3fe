import { Router } from 'express'
import type { OAuthContext } from '../../server/oauth-context.js'
import { apiRoutes } from './api-routes.js'
import { consentRoutes } from './consent-routes.js'
import { providerTokenRoute } from './token-route.js'
import { toolRoutes } from './tool-routes.js'

/** The providers of connected accounts, simulated: for each connection, consent, tokens, tools and an API. */
export function providerRoutes(context: OAuthContext): Router {
  return Router().use(
    consentRoutes(context),
    providerTokenRoute(context),
    toolRoutes(context),
    apiRoutes(context),
  )
}
