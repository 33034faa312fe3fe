import { createHash } from 'node:crypto'
import type { Provider } from 'oidc-provider'
import { connectionsOf } from '../../domain/connections/sign-in-connections.js'
import { customAttributesOf } from '../../domain/users/custom-attributes.js'
import { metadataAndIdentities } from '../../domain/users/external-identities.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { changeIdTokens } from './change-id-tokens.js'

/**
 * Adds to ID tokens what Scalekit's have and oidc-provider's lack: the hashes of the code and the access token (OpenID
 * Connect Core, section 3.3.2.11), the client that they are for, the connection that the user signed in with, and the
 * metadata, identities and custom attributes of the user, which take the place of no other claim.
 */
export function completeIdTokens(provider: Provider, context: OAuthContext, realm: string): void {
  const { db } = context.database
  changeIdTokens(provider, context, realm, async (claims, { accessToken, client, code }) => ({
    ...(await customAttributesOf(db, realm, claims.sub ?? '')),
    ...(await metadataAndIdentities(db, realm, claims.sub ?? '', [claims.amr ?? []].flat().map(String))),
    ...claims,
    ...{ azp: client, client_id: client },
    ...(accessToken === undefined ? {} : { at_hash: halfHash(accessToken) }),
    ...(code === undefined ? {} : { c_hash: halfHash(code) }),
    ...(Array.isArray(claims.amr) && { amr: await connectionsOf(db, realm, claims.amr.map(String)) }),
  }))
}

/** The left half of SHA-256, which goes with RS256. */
function halfHash(text: string): string {
  return createHash('sha256').update(text, 'ascii').digest().subarray(0, 16).toString('base64url')
}
