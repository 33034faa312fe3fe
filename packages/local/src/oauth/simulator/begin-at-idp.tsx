import type { Response } from 'express'
import { sendPage } from '../../http/page/send-page.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { idpInitiatedLogin } from '../sso/idp-initiated-login.js'
import { PostFormPage } from '../sso/saml/post-form-page.js'
import { loadSaml } from '../sso/saml/saml-library.js'
import { noApplication } from '../sso/sso-routes.js'
import { signedResponse } from './saml-response.js'
import type { SimulatedPerson } from './simulated-person.js'
import { answerTo, simulatorKey } from './simulated-saml-idp.js'

/** Whether the identity provider of a connection can be the simulator: SAML connections may use its metadata. */
export function isSimulated({ provider, type }: ConnectionRow): boolean {
  return provider === 'IDP_SIMULATOR' || type === 'SAML'
}

/**
 * Somebody begins at the simulated identity provider: it posts a SAML response that nobody asked for. A connection of
 * the simulator's own has no SAML settings, so its response counts as verified.
 */
export async function beginAtIdp(
  context: OAuthContext,
  response: Response,
  connection: ConnectionRow,
  person: SimulatedPerson,
  relayState: string,
): Promise<void> {
  if (connection.provider === 'IDP_SIMULATOR') {
    const place = await idpInitiatedLogin(context, connection, async () => ({
      email: person.email,
      relayState,
    }))
    if (place === undefined) return noApplication(response)
    return response.set('Cache-Control', 'no-store').redirect(302, place)
  }
  const library = await loadSaml()
  const answer = await answerTo(context, connection, undefined)
  const { pem } = await simulatorKey(context)
  const fields = { SAMLResponse: signedResponse(library, pem, answer, person), RelayState: relayState }
  const lead = 'The answer is ready. Take it to the application.'
  const page = (
    <PostFormPage title="Identity provider simulator" lead={lead} action={answer.recipient} fields={fields} />
  )
  sendPage(response, page, { script: true })
}
