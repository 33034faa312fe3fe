import { type RequestHandler, Router, urlencoded } from 'express'
import { callbackOrigins } from '../domain/clients/callbacks.js'
import { failOverdueDomains } from '../domain/domains/verify-domain.js'
import { isRealmName, WORKSPACE } from '../domain/environments/realm.js'
import { PORTAL_LINK } from '../domain/links/link-data.js'
import { letFrame, sendPage } from '../http/page/send-page.js'
import { connectionRoutes } from './connection-routes.js'
import { directoryRoutes } from './directory-routes.js'
import { domainRoutes, mayVerify } from './domain-routes.js'
import { addDirectory, connectSimulator } from './portal-actions.js'
import type { PortalContext } from './portal-context.js'
import { portalConnections, portalDirectories, portalDomains } from './portal-data.js'
import { loaded } from './portal-events.js'
import { PortalHomePage } from './portal-home-page.js'
import { CLOSED, ClosedPage, inPortal } from './portal-request.js'
import { portalSessions } from './portal-session.js'

/** The admin portal: where a customer's administrator sets up single sign-on and a directory, behind a link. */
export function portalRoutes(context: PortalContext): Router {
  const { database, clock } = context
  const router = Router({ mergeParams: true })
  router.use((request, _response, next) => {
    const { realm } = request.params as { realm?: string }
    next(realm !== undefined && realm !== WORKSPACE && isRealmName(realm) ? undefined : 'router')
  })

  const framed: RequestHandler = async (request, response, next) => {
    const { realm } = request.params as { realm?: string }
    letFrame(response, await callbackOrigins(database.db, String(realm)))
    next()
  }
  router.use('/portal', framed)

  router.get('/magicLink/:token', onlyPortalLinks, framed, async (request, response) => {
    const { realm, token } = request.params as { realm?: string; token: string }
    const opened =
      request.method === 'GET' &&
      (await portalSessions(context, String(realm)).redeem(token, request, response))
    if (!opened)
      return sendPage(response, <ClosedPage {...CLOSED} title="This link does not open the portal" />, {
        status: 410,
      })
    response
      .set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' })
      .redirect(303, `/${realm}/portal`)
  })

  router.use('/portal', urlencoded({ extended: false, limit: '16kb' }))

  router.get(
    '/portal',
    inPortal(context, async ({ response, scope, organization, expires_at, may, frame }) => {
      const { db } = database
      await failOverdueDomains(context, scope.organization)
      const view = {
        ...frame(organization),
        events: [loaded(expires_at)],
        connections: may('sso') ? await portalConnections(db, scope.organization) : undefined,
        directories: may('dir_sync', 'directory_sync')
          ? await portalDirectories(db, scope.organization)
          : undefined,
        domains: mayVerify({ may }) ? await portalDomains(db, scope.organization) : undefined,
      }
      sendPage(response, <PortalHomePage {...view} />)
    }),
  )

  router.post(
    '/portal',
    inPortal(context, async ({ request, response, scope, root, may }) => {
      const { action } = request.body
      if (action === 'simulator' && may('sso')) {
        const { id } = await database.transaction((db) => connectSimulator(db, scope, clock.now()))
        return response.redirect(303, `${root}/connections/${id}`)
      }
      if (action === 'directory' && may('dir_sync', 'directory_sync')) {
        const { id } = await addDirectory(database.db, scope, clock.now())
        return response.redirect(303, `${root}/directories/${id}`)
      }
      response.redirect(303, root)
    }),
  )

  router.use('/portal', connectionRoutes(context), directoryRoutes(context), domainRoutes(context))
  return router
}

const onlyPortalLinks: RequestHandler = (request, _response, next) =>
  next(String(request.params.token).endsWith(PORTAL_LINK) ? undefined : 'route')
