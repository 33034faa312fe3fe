import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { samlServiceProvider } from '../../../domain/connections/sso-callback.js'
import type { Purpose } from '../../../domain/connections/sso-request.js'
import { keepSsoRequest } from '../../../domain/connections/sso-request.js'
import { createTickets } from '../../../domain/sessions/tickets.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { createServiceProvider } from './service-provider.js'

const FORM_SECONDS = 600

const RequestForm = z.object({ action: z.string(), fields: z.record(z.string(), z.string()) })

/**
 * Where to send the browser, for somebody to sign in at a SAML identity provider: to an AuthnRequest over HTTP-Redirect
 * (SAML 2.0 Bindings, section 3.4), or to our page that posts it (section 3.5). Its RelayState names the request to us.
 * Throws a `SignInRefusal`.
 */
export async function startSaml(
  context: OAuthContext,
  connection: ConnectionRow,
  purpose: Purpose,
  loginHint?: string,
): Promise<string> {
  // An ID begins with no digit (XML Schema's NCName).
  const requestId = `_${randomBytes(20).toString('hex')}`
  const { saml, idp } = await createServiceProvider(context, connection, requestId)
  const state = await keepSsoRequest(context, connection, { nonce: requestId, purpose })
  // What Microsoft, Google and the simulator read, to fill in who signs in.
  const additionalParams: Record<string, string> = loginHint === undefined ? {} : { login_hint: loginHint }
  if (idp.binding === 'HTTP-Redirect') {
    return saml.getAuthorizeUrlAsync(state, undefined, { additionalParams })
  }
  const message = await saml.getAuthorizeMessageAsync(state)
  const fields = Object.fromEntries(Object.entries(message).map(([name, value]) => [name, String(value)]))
  const ticket = randomBytes(32).toString('base64url')
  await requestForms(context, connection.environment_id).put(
    ticket,
    { action: idp.ssoUrl, fields },
    FORM_SECONDS,
  )
  return `${samlServiceProvider(context.baseUrl, connection).entityId}/request?ticket=${ticket}`
}

/** Requests that wait for the browser to post them, by their ticket. */
export function requestForms(context: OAuthContext, environment: string) {
  return createTickets(context, environment, 'SamlRequestForm', RequestForm)
}
