import type { JsonObject } from '@bufbuild/protobuf'
import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type WebAuthnService, type webauthn } from '@scalekit-mcp/api'
import { z } from 'zod'
import { failedPrecondition, invalid } from '../../domain/domain-error.js'
import { createCeremonies, loadWebAuthn, passkeysEnabled } from '../../domain/passkeys/ceremonies.js'
import { relatedOrigins } from '../../domain/passkeys/related-origins.js'
import type { Store } from '../../domain/store.js'
import { findPerson } from '../../domain/users/people.js'
import { environmentOf, principalKey } from '../request-context.js'

const ClientData = z.object({ challenge: z.string() })

/** A signed-in user registers a passkey on a page of the application (W3C Web Authentication, section 7.1). */
export function passkeyRegistrationHandlers(store: Store): Partial<ServiceImpl<typeof WebAuthnService>> {
  return {
    async beginRegistration(_request, context) {
      const { ceremonies, library, person, ticket } = await registration(context)
      const { options } = await ceremonies.askForNew(library, ticket, person)
      return { options: JSON.parse(JSON.stringify(options)) as JsonObject }
    },

    async finishRegistration(request, context) {
      const { ceremonies, library, person, ticket } = await registration(context)
      refuseNotStored(request)
      const credential = credentialOf(request)
      const made = await ceremonies.register(library, ticket, challengeOf(request), { person, credential })
      if (made) return { success: true }
      throw invalid('The passkey was not made for the last BeginRegistration of this user, or is not valid')
    },

    async getRelatedOrigins(_request, context) {
      return { origins: await relatedOrigins(store, environmentOf(context)) }
    },
  }

  async function registration(context: HandlerContext) {
    const environment = environmentOf(context)
    const principal = context.values.get(principalKey)
    if (principal?.kind !== 'session')
      throw apiError(Code.FailedPrecondition, 'A passkey is of a user: call this with the token of the user')
    const library = (await passkeysEnabled(store, environment)) ? await loadWebAuthn() : undefined
    if (library === undefined)
      throw failedPrecondition(
        'Passkeys are off: enable a connection of type WEBAUTHN, and install @simplewebauthn/server',
      )
    const person = await findPerson(store.database, environment, principal.userId)
    if (person === undefined) throw apiError(Code.Unauthenticated, 'The user was deleted')
    const ceremonies = createCeremonies(store, environment, await relatedOrigins(store, environment))
    return { ceremonies, library, person, ticket: `api ${person.id}` }
  }
}

/** Sign-in does not name a passkey, so it finds only those that the authenticator stores. */
function refuseNotStored({ clientExtensionResults }: webauthn.FinishRegistrationRequest): void {
  const kept = z.object({ rk: z.boolean().optional() }).safeParse(clientExtensionResults?.credProps ?? {})
  if (kept.success && kept.data.rk !== false) return
  const description = 'credProps.rk must not be false: the authenticator has to store the passkey'
  throw invalid(description, [{ field: 'client_extension_results', description }])
}

/** As JSON of the browser (W3C Web Authentication, section 5.1.7). */
function credentialOf(request: webauthn.FinishRegistrationRequest) {
  const id = encode(request.credentialId)
  return {
    ...{ id, rawId: id, type: request.type || 'public-key' },
    response: {
      clientDataJSON: encode(request.clientDataJson),
      attestationObject: encode(request.attestationObject),
      transports: request.transports,
    },
    ...(request.authenticatorAttachment && { authenticatorAttachment: request.authenticatorAttachment }),
    clientExtensionResults: request.clientExtensionResults ?? {},
  }
}

/** The challenge that the browser signed. Whether it is the right one is checked later. */
function challengeOf({ clientDataJson }: webauthn.FinishRegistrationRequest): string {
  try {
    return ClientData.parse(JSON.parse(Buffer.from(clientDataJson).toString('utf8'))).challenge
  } catch {
    throw invalid('client_data_json: must be the JSON of the browser', [
      { field: 'client_data_json', description: 'must be the JSON of the browser' },
    ])
  }
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
