import type { KoaContextWithOIDC } from 'oidc-provider'
import { ConfirmSignOutPage, SignedOutPage } from '../../http/page/message-pages.js'
import { renderPage } from '../../http/page/page.js'
import { pageHeaders } from '../../http/page/page-headers.js'

/** Where the cookie of a session is stored. */
export interface SessionCookie {
  readonly name: string
  readonly path: string
}

/**
 * Signs out at once, as Scalekit does: the cookie identifies the session. Asks first where the ID token belongs to
 * another user than the session (OpenID Connect RP-Initiated Logout 1.0, section 2).
 *
 * @param form oidc-provider's own form, which signs out when it is submitted
 */
export async function signOut(ctx: KoaContextWithOIDC, form: string, cookie: SessionCookie): Promise<void> {
  const { session, entities, params } = ctx.oidc
  const hinted = entities.IdTokenHint?.payload.sub
  const destination = params?.post_logout_redirect_uri
  if (hinted !== undefined && hinted !== session?.accountId) {
    ctx.set(pageHeaders({ leadsAway: typeof destination === 'string' }))
    ctx.body = renderPage(<ConfirmSignOutPage form={form} />)
    return
  }
  await session?.destroy()
  ctx.cookies.set(cookie.name, null, { path: cookie.path, signed: false })
  ctx.status = 303
  ctx.redirect(
    typeof destination === 'string'
      ? withState(destination, params?.state)
      : ctx.oidc.urlFor('end_session_success'),
  )
}

export function showSignedOut(ctx: KoaContextWithOIDC): void {
  ctx.set(pageHeaders())
  ctx.body = renderPage(<SignedOutPage />)
}

function withState(destination: string, state: unknown): string {
  const url = new URL(destination)
  if (typeof state === 'string') url.searchParams.set('state', state)
  return url.href
}
