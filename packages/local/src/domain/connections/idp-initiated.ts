import type { Kysely } from 'kysely'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { applicationsIn } from '../clients/callbacks.js'
import { connectionData } from './connection-data.js'
import { SignInRefusal } from './sign-in-refusal.js'

/**
 * Refuses a sign-in that begins at the identity provider, where the connection is not enabled or has that switched
 * off. Throws a `SignInRefusal`.
 */
export function refuseIdpInitiated(connection: ConnectionRow): void {
  if (connection.enabled !== 1) {
    throw new SignInRefusal('connection_not_active', `The connection ${connection.id} is not enabled.`)
  }
  if (connectionData(connection).settings.allowIdpInitiatedLogin === false) {
    throw new SignInRefusal(
      'access_denied',
      'The connection does not allow sign-ins that begin at the identity provider.',
    )
  }
}

/**
 * The URL of the application that begins a sign-in: its initiate-login URL, else the default redirect URI of the
 * connection, else the first callback URL. Undefined when the environment has none.
 */
export async function initiateLoginUrl(
  db: Kysely<Schema>,
  connection: ConnectionRow,
): Promise<string | undefined> {
  const known = await applicationsIn(db, connection.environment_id, connection.organization_id)
  const { defaultRedirectUri } = connectionData(connection).settings
  const places = [
    ...known.map(({ initiate_login_uri }) => initiate_login_uri),
    String(defaultRedirectUri ?? ''),
    ...known.flatMap(({ post_login_uris }) => post_login_uris),
  ]
  return places.find((place) => !place.includes('*') && URL.canParse(place))
}
