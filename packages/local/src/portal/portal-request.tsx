import type { Request, Response } from 'express'
import { DomainError } from '../domain/domain-error.js'
import { disabledFeatures } from '../domain/organizations/organization-data.js'
import { csrfToken, newCsrfToken, spendCsrfToken } from '../http/page/csrf.js'
import { ErrorPage } from '../http/page/message-pages.js'
import { refuseForm } from '../http/page/refuse-form.js'
import { sendPage } from '../http/page/send-page.js'
import type { PortalScope } from './portal-actions.js'
import type { PortalContext } from './portal-context.js'
import { PortalEvents, SESSION_EXPIRED } from './portal-events.js'
import type { PortalFrame } from './portal-frame.js'
import { PORTAL_SCRIPT_PATH } from './portal-script.js'
import { portalSessions } from './portal-session.js'

/** A request of somebody whose portal session is open. */
export interface PortalRequest {
  request: Request
  response: Response
  scope: PortalScope
  root: string
  organization: string
  /** When the session ends, in milliseconds. */
  expires_at: number
  /** Whether the organization has a feature, and the link was for it: `sso`, `dir_sync`. */
  may(...features: string[]): boolean
  frame(title: string, problem?: string): PortalFrame
}

type Handler = (portal: PortalRequest) => Promise<void>

/** Serves a page of the portal to who has a session, and takes forms that carry the token of their page. */
export function inPortal(context: PortalContext, handler: Handler) {
  return async (request: Request, response: Response): Promise<void> => {
    const environment = String(request.params.realm)
    const session = await portalSessions(context, environment).find(request)
    const organization =
      session &&
      (await context.database.db
        .selectFrom('organizations')
        .selectAll()
        .where('environment_id', '=', environment)
        .where('id', '=', session.organization)
        .executeTakeFirst())
    if (session === undefined || organization === undefined)
      return sendPage(response, <ClosedPage {...CLOSED} />, { status: 401 })
    const posted = request.method === 'POST'
    if (posted && !spendCsrfToken(request, response, request.body?.csrf)) return refuseForm(response)
    const root = `/${environment}/portal`
    const { features, expires_at, framed, cross_site } = session
    const disabled = disabledFeatures(organization)
    await handle(handler, {
      request,
      response,
      scope: { environment, organization: organization.id },
      root,
      organization: organization.display_name,
      expires_at,
      may: (...wanted) =>
        !wanted.some((feature) => disabled.includes(feature)) &&
        (features.length === 0 || wanted.some((feature) => features.includes(feature))),
      frame(title, problem) {
        const token = posted ? newCsrfToken : csrfToken
        const csrf = token(request, response, undefined, cross_site)
        const view = {
          ...{ root, organization: organization.display_name, title, csrf },
          ...{ organizationId: organization.id, endsIn: expires_at - context.clock.now() },
          // A session in a frame on another site is unknown in a tab of its own.
          testsInTab: framed && !cross_site,
        }
        return problem === undefined ? view : { ...view, problem }
      },
    })
  }
}

/** What the management API would refuse is told on a page: something is not there. */
async function handle(handler: Handler, portal: PortalRequest): Promise<void> {
  try {
    await handler(portal)
  } catch (refusal) {
    if (!(refusal instanceof DomainError)) throw refusal
    const page = (
      <ErrorPage
        title="This is not here"
        explanation={`${refusal.message}.`}
        next="Go back to the start of the portal."
      />
    )
    sendPage(portal.response, page, { status: 404 })
  }
}

/** A page that somebody sees without a session. The application that embeds it learns why. */
export function ClosedPage(view: typeof CLOSED) {
  return (
    <ErrorPage {...view} script={PORTAL_SCRIPT_PATH}>
      <PortalEvents events={[SESSION_EXPIRED]} />
    </ErrorPage>
  )
}

/** What somebody sees who has no session, or none any more. */
export const CLOSED = {
  title: 'The admin portal is closed',
  explanation: 'Portal links can be opened once and expire after one minute; the session lasts six hours.',
  next: 'Ask for a new link.',
}
