import { type Request, Router } from 'express'
import { toggleConnection } from '../domain/connections/connection-changes.js'
import { findConnection } from '../domain/connections/connection-data.js'
import { latestConnectionTest } from '../domain/connections/connection-tests.js'
import { SignInRefusal } from '../domain/connections/sign-in-refusal.js'
import { samlServiceProvider, ssoCallback } from '../domain/connections/sso-callback.js'
import { ssoOutcomes } from '../domain/connections/sso-outcome.js'
import { DomainError } from '../domain/domain-error.js'
import { ErrorPage } from '../http/page/message-pages.js'
import { sendPage } from '../http/page/send-page.js'
import type { ConnectionRow } from '../storage/registry-schema.js'
import { type ConnectionFields, fieldsOf, settingsFrom, storedFields } from './connection-fields.js'
import { ConnectionPage, NewConnectionPage, TestedPage } from './connection-pages.js'
import { saveConnection } from './portal-actions.js'
import type { PortalContext } from './portal-context.js'
import { connectionToggled } from './portal-events.js'
import { CLOSED, inPortal, type PortalRequest } from './portal-request.js'

const TITLES = { OIDC: 'Connect with OpenID Connect', SAML: 'Connect with SAML' } as const

/** The pages of single sign-on in the admin portal. */
export function connectionRoutes(context: PortalContext): Router {
  const { database, clock, baseUrl } = context
  const router = Router({ mergeParams: true })
  const forSso = (handler: (portal: PortalRequest) => Promise<void>) =>
    inPortal(context, async (portal) =>
      portal.may('sso')
        ? handler(portal)
        : sendPage(portal.response, <ErrorPage {...CLOSED} />, { status: 403 }),
    )

  for (const [path, type] of [
    ['/connections/new', 'OIDC'],
    ['/connections/new-saml', 'SAML'],
  ] as const) {
    router.get(
      path,
      forSso(async ({ response, frame }) => {
        sendPage(response, <NewConnectionPage {...frame(TITLES[type])} fields={fieldsOf(type, {})} />)
      }),
    )
    router.post(
      path,
      forSso(async (portal) => {
        const { request, response, root, frame } = portal
        const saved = await save(portal, { type })
        if ('id' in saved) return response.redirect(303, `${root}/connections/${saved.id}`)
        const view = { ...frame(TITLES[type], saved.problem), fields: fieldsOf(type, request.body) }
        sendPage(response, <NewConnectionPage {...view} />, { status: 422 })
      }),
    )
  }

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
        const { type } = await findConnection(database.db, scope, id)
        const saved = await save(portal, { id, type: type === 'SAML' ? 'SAML' : 'OIDC' })
        if ('problem' in saved) return show(portal, saved.problem)
      } else if (action === 'allow-idp-initiated' || action === 'forbid-idp-initiated') {
        const value = { allowIdpInitiatedLogin: action === 'allow-idp-initiated' }
        const settings = { case: 'samlConfig', value } as const
        await database.transaction((db) => saveConnection(db, scope, clock.now(), { id }, settings))
      } else if (action === 'enable' || action === 'disable') {
        await database.transaction((db) => toggleConnection(db, scope, clock.now(), id, action === 'enable'))
        return response.redirect(303, `${root}/connections/${id}?changed=${action}d`)
      }
      response.redirect(303, `${root}/connections/${id}`)
    }),
  )

  router.get(
    '/connections/:id/test',
    forSso(async (portal) => {
      const row = await findConnection(database.db, portal.scope, idOf(portal.request))
      try {
        const place = await context.startTest(row)
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
    const test = await latestConnectionTest(context, connection)
    const view = {
      ...frame(connection.key_id, problem),
      events: request.query.changed === undefined ? [] : [connectionToggled(connection)],
      connection,
      facts: [...factsOf(connection), ...(test === undefined ? [] : [['Latest test', test] as const])],
      fields: storedFields(connection),
    }
    sendPage(response, <ConnectionPage {...view} />, problem === undefined ? {} : { status: 422 })
  }

  function factsOf(connection: ConnectionRow) {
    if (connection.type !== 'SAML' || connection.provider === 'IDP_SIMULATOR') {
      return [
        ['Connection', connection.id],
        ['Redirect URI', ssoCallback(baseUrl, connection)],
      ] as const
    }
    const { entityId, assertionUrl, metadataUrl } = samlServiceProvider(baseUrl, connection)
    return [
      ['Connection', connection.id],
      ['Entity ID', entityId],
      ['Assertion consumer URL', assertionUrl],
      ['Our metadata', metadataUrl],
      ['Simulator, to try it', context.simulatorMetadataUrl(connection)],
    ] as const
  }

  async function save(
    { request, scope }: PortalRequest,
    target: { type: ConnectionFields['type']; id?: string },
  ): Promise<{ id: string } | { problem: string }> {
    const { id, type } = target
    try {
      const read = settingsFrom(type, await withMetadata(request.body))
      if ('problem' in read) return read
      return await database.transaction((db) =>
        saveConnection(db, scope, clock.now(), id === undefined ? { type } : { id }, read.settings),
      )
    } catch (refusal) {
      if (refusal instanceof SignInRefusal) return { problem: refusal.message }
      if (!(refusal instanceof DomainError)) throw refusal
      const [violation] = refusal.fieldViolations
      const label = LABELS.find(([field]) => violation?.field.endsWith(field))?.[1]
      return { problem: label ? `${label} ${violation?.description}.` : `${refusal.message}.` }
    }
  }

  /** A form with the values of the metadata that was pasted. The metadata at a URL is read to find out whether it can be. */
  async function withMetadata(body: unknown): Promise<unknown> {
    const { metadata_url: url = '', metadata_xml: xml = '' } = Object(body)
    if (String(xml).trim() === '') {
      if (URL.canParse(url)) await context.readSamlMetadata({ url })
      return body
    }
    const { entityId, ssoUrl, binding, certificates } = await context.readSamlMetadata({ xml: String(xml) })
    const idp = { entity_id: entityId, sso_url: ssoUrl, certificate: certificates.join('') }
    return { ...Object(body), metadata_url: '', binding, ...idp }
  }
}

/** How the forms call the fields of the API. */
const LABELS = [
  ['idp_certificate', 'The certificate'],
  ['idp_metadata_url', 'The metadata URL'],
  ['idp_sso_url', 'The sign-on URL'],
  ['issuer', 'The issuer'],
] as const

const TESTED = {
  title: 'This test is over',
  explanation: 'Its result was shown, or waited too long.',
  next: 'Go back to the connection and test it again.',
}

function idOf(request: Request): string {
  return String(request.params.id)
}
