import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { reportFailure } from '../report-failure.js'
import { tellUserEvent } from '../webhooks/user-event.js'
import { actingOrganizations } from './acting-organization.js'
import type { OAuthContext } from './oauth-context.js'
import { WORKSPACE } from './realm.js'

/** Tells applications when a user signs out (OpenID Connect RP-Initiated Logout, section 2). The browser does not wait. */
export function tellSignOut(provider: Provider, context: OAuthContext, realm: string): void {
  if (realm === WORKSPACE) return
  provider.on('end_session.success', ({ oidc }: KoaContextWithOIDC) => {
    const { accountId: user, uid } = oidc.session ?? {}
    if (user === undefined || !oidc.params?.logout) return
    actingOrganizations(context, realm)
      .get(uid)
      .then((organization) => tellUserEvent(context, 'user.logout', realm, { user, organization }))
      .catch(reportFailure)
  })
}
