import { SignJWT } from 'jose'
import { initiateLoginUrl, refuseIdpInitiated } from '../../domain/connections/idp-initiated.js'
import { SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { realmIssuer } from '../../domain/environments/realm.js'
import { reportFailure } from '../../http/report-failure.js'
import { SIGNING_ALGORITHM } from '../../storage/keys.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { OAuthContext } from '../server/oauth-context.js'

const LIFETIME_SECONDS = 300

/** Who signed in at the identity provider before anybody asked for it, and where they want to go in the application. */
export interface IdpInitiatedLogin {
  readonly email: string
  readonly relayState: string
}

/**
 * Where to send somebody who began at the identity provider: to the application, with a token that says who it is, so
 * that the application starts a sign-in of its own; or with the error why not. Undefined when the environment has no
 * application to go to.
 */
export async function idpInitiatedLogin(
  context: OAuthContext,
  connection: ConnectionRow,
  verify: () => Promise<IdpInitiatedLogin>,
): Promise<string | undefined> {
  const place = await initiateLoginUrl(context.database.db, connection)
  if (place === undefined) return undefined
  const url = new URL(place)
  try {
    refuseIdpInitiated(connection)
    url.searchParams.set('idp_initiated_login', await loginToken(context, connection, await verify()))
  } catch (refusal) {
    if (!(refusal instanceof SignInRefusal)) throw refusal
    if (refusal.cause !== undefined) reportFailure(refusal.cause)
    url.searchParams.set('error', refusal.code)
    url.searchParams.set('error_description', refusal.message)
  }
  return url.href
}

async function loginToken(
  { baseUrl, clock, keys }: OAuthContext,
  connection: ConnectionRow,
  { email, relayState }: IdpInitiatedLogin,
): Promise<string> {
  const { environment_id: environment, organization_id, id } = connection
  const { kid, privateKey } = await keys.of(environment)
  const now = Math.floor(clock.now() / 1000)
  const claims = {
    ...(organization_id !== null && { organization_id }),
    connection_id: id,
    login_hint: email,
    ...(relayState !== '' && { relay_state: relayState }),
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: 'JWT', kid })
    .setIssuer(realmIssuer(baseUrl, environment))
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + LIFETIME_SECONDS)
    .sign(privateKey)
}
