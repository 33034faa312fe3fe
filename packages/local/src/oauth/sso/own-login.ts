import { connectionData } from '../../domain/connections/connection-data.js'
import { beginOwnLogin, endOwnLogin } from '../../domain/connections/own-login.js'
import { SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { keepSsoRequest, type Purpose, type SsoRequest } from '../../domain/connections/sso-request.js'
import type { AssertedIdentity } from '../../domain/users/asserted-identity.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { OAuthContext } from '../server/oauth-context.js'

/** Where to send the browser, for somebody to sign in at a page of the developer's own. */
export async function startOwnLogin(
  context: OAuthContext,
  connection: ConnectionRow,
  purpose: Purpose,
): Promise<string> {
  const loginRequest = await beginOwnLogin(context, connection)
  const state = await keepSsoRequest(context, connection, { nonce: loginRequest, purpose })
  const url = new URL(String(connectionData(connection).settings.authorizeUri))
  url.searchParams.set('login_request_id', loginRequest)
  url.searchParams.set('state', state)
  return url.href
}

/** Who the application says has signed in. Throws a `SignInRefusal` where nobody has. */
export async function redeemOwnLogin(
  context: OAuthContext,
  connection: ConnectionRow,
  { nonce }: SsoRequest,
): Promise<AssertedIdentity> {
  const answer = await endOwnLogin(context, connection.environment_id, nonce)
  if (answer === undefined) {
    throw new SignInRefusal(
      'authentication_not_completed',
      'The application sent the browser back before it called UpdateLoginUserDetails.',
    )
  }
  if ('failed' in answer)
    throw new SignInRefusal('access_denied', 'The application did not sign the person in.')
  return answer.identity
}
