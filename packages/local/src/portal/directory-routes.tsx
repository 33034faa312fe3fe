import { Router } from 'express'
import { readSecrets } from '../domain/clients/secrets.js'
import { findDirectory } from '../domain/directories/directory-data.js'
import { ErrorPage } from '../http/page/message-pages.js'
import { sendPage } from '../http/page/send-page.js'
import { DirectoryPage } from './directory-page.js'
import { addDirectoryToken, toggleDirectory } from './portal-actions.js'
import type { PortalContext } from './portal-context.js'
import { directoryCounts } from './portal-data.js'
import { directoryToggled } from './portal-events.js'
import { CLOSED, inPortal, type PortalRequest } from './portal-request.js'

/** The pages of directories in the admin portal. */
export function directoryRoutes(context: PortalContext): Router {
  const { database, clock, baseUrl } = context
  const router = Router({ mergeParams: true })
  const forDirectories = (handler: (portal: PortalRequest) => Promise<void>) =>
    inPortal(context, async (portal) =>
      portal.may('dir_sync', 'directory_sync')
        ? handler(portal)
        : sendPage(portal.response, <ErrorPage {...CLOSED} />, { status: 403 }),
    )

  router.get(
    '/directories/:id',
    forDirectories((portal) => show(portal)),
  )

  router.post(
    '/directories/:id',
    forDirectories(async (portal) => {
      const { request, response, scope, root } = portal
      const id = String(request.params.id)
      const { action } = request.body
      if (action === 'token') {
        return show(portal, await database.transaction((db) => addDirectoryToken(db, scope, clock.now(), id)))
      }
      if (action === 'enable' || action === 'disable') {
        await toggleDirectory(database.db, scope, clock.now(), id, action === 'enable')
        return response.redirect(303, `${root}/directories/${id}?changed=${action}d`)
      }
      response.redirect(303, `${root}/directories/${id}`)
    }),
  )
  return router

  async function show({ request, response, scope, frame }: PortalRequest, token?: string): Promise<void> {
    const directory = await findDirectory(database.db, scope.organization, String(request.params.id))
    const view = {
      ...frame(directory.name),
      events: request.query.changed === undefined ? [] : [directoryToggled(directory)],
      ...(await directoryCounts(database.db, directory.id)),
      directory,
      endpoint: `${baseUrl}/${scope.environment}/directories/${directory.id}/scim/v2`,
      tokens: readSecrets(directory).map(({ suffix }) => suffix),
    }
    sendPage(response, <DirectoryPage {...view} {...(token === undefined ? {} : { token })} />)
  }
}
