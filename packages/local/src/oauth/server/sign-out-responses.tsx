import type { KoaContextWithOIDC } from 'oidc-provider'
import { ConfirmSignOutPage, SignedOutPage } from '../../http/page/message-pages.js'
import { renderPage } from '../../http/page/page.js'
import { pageHeaders } from '../../http/page/page-headers.js'

/** Asks before signing out (OpenID Connect RP-Initiated Logout 1.0, section 2). */
export function confirmSignOut(ctx: KoaContextWithOIDC, form: string): void {
  const destination = ctx.oidc.params?.post_logout_redirect_uri
  ctx.set(pageHeaders({ leadsAway: typeof destination === 'string' }))
  ctx.body = renderPage(<ConfirmSignOutPage form={form} />)
}

export function showSignedOut(ctx: KoaContextWithOIDC): void {
  ctx.set(pageHeaders())
  ctx.body = renderPage(<SignedOutPage />)
}
