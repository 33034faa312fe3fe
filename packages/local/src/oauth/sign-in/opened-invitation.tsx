import { Router } from 'express'
import { isRealmName, WORKSPACE } from '../../domain/environments/realm.js'
import { type Invited, invitationLinks } from '../../domain/users/invitation-links.js'
import { initiateLoginUri } from '../../domain/users/invitation-mail.js'
import { ErrorPage } from '../../http/page/message-pages.js'
import { sendPage } from '../../http/page/send-page.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { InvitationPage } from './pages/invitation-page.js'

const EXPIRED = {
  title: 'This invitation is no longer valid',
  explanation: 'It was accepted, has expired, or was withdrawn.',
  next: 'Ask for another invitation.',
}

/**
 * The links of invitation e-mails. A link proves the mailbox: the browser keeps that, and the next sign-in at an
 * application of the environment needs no page.
 */
export function invitationRoutes(context: OAuthContext): Router {
  const router = Router()
  router.get('/:realm/invitation', async (request, response, next) => {
    const { realm } = request.params
    if (!isRealmName(realm) || realm === WORKSPACE) return next()
    const links = invitationLinks(context, realm)
    const id = await links.open(String(request.query.token ?? ''))
    const invited = id === undefined ? undefined : await links.find(id)
    if (id === undefined || invited === undefined)
      return sendPage(response, <ErrorPage {...EXPIRED} />, { status: 400 })
    response.cookie(cookieName(context), id, { httpOnly: true, sameSite: 'lax', path: `/${realm}` })
    const place = await initiateLoginUri(context, realm, invited.organization)
    if (place === undefined) return sendPage(response, <InvitationPage />)
    response.set('Cache-Control', 'no-store').redirect(303, place)
  })
  return router
}

/** Whom a browser has proven to be by opening an invitation that still waits. */
export function openedInvitation(
  context: OAuthContext,
  realm: string,
  cookies: string | undefined,
): Promise<Invited | undefined> {
  const start = `${cookieName(context)}=`
  const pair = (cookies ?? '').split(/; */).find((one) => one.startsWith(start))
  return pair === undefined
    ? Promise.resolve(undefined)
    : invitationLinks(context, realm).find(pair.slice(start.length))
}

/** Browsers do not tell ports apart. */
function cookieName({ baseUrl }: OAuthContext): string {
  return `invitation_${new URL(baseUrl).port}`
}
