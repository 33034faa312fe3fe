import { randomBytes } from 'node:crypto'
import type { Purpose } from '../../../domain/connections/sso-request.js'
import { keepSsoRequest } from '../../../domain/connections/sso-request.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { createServiceProvider } from './service-provider.js'

/**
 * Where to send the browser, for somebody to sign in at a SAML identity provider: an AuthnRequest over HTTP-Redirect
 * (SAML 2.0 Bindings, section 3.4) whose RelayState names the request to us. Throws a `SignInRefusal`.
 */
export async function startSaml(
  context: OAuthContext,
  connection: ConnectionRow,
  purpose: Purpose,
  loginHint?: string,
): Promise<string> {
  // An ID begins with no digit (XML Schema's NCName).
  const requestId = `_${randomBytes(20).toString('hex')}`
  const { saml } = await createServiceProvider(context, connection, requestId)
  const state = await keepSsoRequest(context, connection, { nonce: requestId, purpose })
  // What Microsoft, Google and the simulator read, to fill in who signs in.
  const additionalParams: Record<string, string> = loginHint === undefined ? {} : { login_hint: loginHint }
  return saml.getAuthorizeUrlAsync(state, undefined, { additionalParams })
}
