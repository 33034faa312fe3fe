import { ConnectError } from '@connectrpc/connect'
import { type Request, Router } from 'express'
import { z } from 'zod'
import { toggleConnection } from '../../management/connection-changes.js'
import { connectionData, findConnection } from '../../management/connection-data.js'
import type { OAuthContext } from '../../oauth/oauth-context.js'
import { SignInRefusal } from '../../oauth/sso/sign-in-refusal.js'
import { ssoCallback } from '../../oauth/sso/sso-callback.js'
import { startSso } from '../../oauth/sso/sso-request.js'
import { ssoOutcomes } from '../../oauth/sso/sso-routes.js'
import { ErrorPage } from '../message-pages.js'
import { sendPage } from '../send-page.js'
import { ConnectionPage, NewConnectionPage, type OidcFields, TestedPage } from './connection-pages.js'
import { saveConnection } from './portal-actions.js'
import { CLOSED, inPortal, type PortalRequest } from './portal-request.js'

const NEW = 'Connect with OpenID Connect'

const Form = z.object({
  issuer: z.string().trim().catch(''),
  client_id: z.string().trim().catch(''),
  client_secret: z.string().catch(''),
})
const Settings = z.object({
  issuer: z.string().catch(''),
  clientId: z.string().catch(''),
  clientSecret: z.string().optional(),
})

/** The pages of single sign-on in the admin portal. */
export function connectionRoutes(context: OAuthContext): Router {
  const { database, clock, baseUrl } = context
  const router = Router({ mergeParams: true })
  const forSso = (handler: (portal: PortalRequest) => Promise<void>) =>
    inPortal(context, async (portal) =>
      portal.may('sso')
        ? handler(portal)
        : sendPage(portal.response, <ErrorPage {...CLOSED} />, { status: 403 }),
    )

  router.get(
    '/connections/new',
    forSso(async ({ response, frame }) => {
      const fields = { issuer: '', client_id: '', hasSecret: false }
      sendPage(response, <NewConnectionPage {...frame(NEW)} fields={fields} />)
    }),
  )

  router.post(
    '/connections/new',
    forSso(async (portal) => {
      const { request, response, root, frame } = portal
      const saved = await save(portal, undefined)
      if ('id' in saved) return response.redirect(303, `${root}/connections/${saved.id}`)
      const fields = { ...Form.parse(request.body), hasSecret: false }
      sendPage(response, <NewConnectionPage {...frame(NEW, saved.problem)} fields={fields} />, {
        status: 422,
      })
    }),
  )

  router.get(
    '/connections/:id',
    forSso((portal) => show(portal)),
  )

  router.post(
    '/connections/:id',
    forSso(async (portal) => {
      const { request, response, scope, root } = portal
      const { action } = request.body
      const id = idOf(request)
      if (action === 'save') {
        const saved = await save(portal, id)
        if ('problem' in saved) return show(portal, saved.problem)
      } else if (action === 'enable' || action === 'disable') {
        await database.transaction((db) => toggleConnection(db, scope, clock.now(), id, action === 'enable'))
      }
      response.redirect(303, `${root}/connections/${id}`)
    }),
  )

  router.get(
    '/connections/:id/test',
    forSso(async (portal) => {
      const row = await findConnection(database.db, portal.scope, idOf(portal.request))
      try {
        const place = await startSso(context, row, { kind: 'test' })
        portal.response.set('Cache-Control', 'no-store').redirect(303, place)
      } catch (refusal) {
        if (!(refusal instanceof SignInRefusal)) throw refusal
        await show(portal, refusal.message)
      }
    }),
  )

  router.get(
    '/tested',
    forSso(async ({ request, response, scope, frame }) => {
      const outcome = await ssoOutcomes(context, scope.environment).take(String(request.query.ticket ?? ''))
      if (outcome?.purpose.kind !== 'test')
        return sendPage(response, <ErrorPage {...TESTED} />, { status: 400 })
      await findConnection(database.db, scope, outcome.connection)
      const title = outcome.identity === undefined ? 'The test failed' : 'The test worked'
      sendPage(response, <TestedPage {...frame(title)} outcome={outcome} />)
    }),
  )
  return router

  async function show({ request, response, scope, frame }: PortalRequest, problem?: string): Promise<void> {
    const connection = await findConnection(database.db, scope, idOf(request))
    const settings = Settings.parse(connectionData(connection).settings)
    const fields: OidcFields | undefined =
      connection.provider === 'IDP_SIMULATOR'
        ? undefined
        : {
            issuer: settings.issuer,
            client_id: settings.clientId,
            hasSecret: settings.clientSecret !== undefined,
          }
    const view = {
      ...frame(connection.key_id, problem),
      connection,
      redirectUri: ssoCallback(baseUrl, connection),
      fields,
    }
    sendPage(response, <ConnectionPage {...view} />, problem === undefined ? {} : { status: 422 })
  }

  async function save(
    { request, scope }: PortalRequest,
    id: string | undefined,
  ): Promise<{ id: string } | { problem: string }> {
    const { issuer, client_id: clientId, client_secret: clientSecret } = Form.parse(request.body)
    if (issuer === '' || clientId === '') return { problem: 'Fill in the issuer and the client ID.' }
    try {
      return await database.transaction((db) =>
        saveConnection(db, scope, clock.now(), id, { issuer, clientId, clientSecret }),
      )
    } catch (refusal) {
      if (!(refusal instanceof ConnectError)) throw refusal
      return { problem: `${refusal.rawMessage}.` }
    }
  }
}

const TESTED = {
  title: 'This test is over',
  explanation: 'Its result was shown, or waited too long.',
  next: 'Go back to the connection and test it again.',
}

function idOf(request: Request): string {
  return String(request.params.id)
}
