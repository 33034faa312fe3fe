import { fromJson, type JsonValue, toJson } from '@bufbuild/protobuf'
import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type WebAuthnService, webauthn } from '@scalekit-mcp/api'
import type { Store } from '../../domain/store.js'
import { findUser } from '../../domain/users/user-data.js'
import type { PasskeyRow } from '../../storage/registry-schema.js'
import { environmentOf, principalKey } from '../request-context.js'

/** The passkeys of users. A session reaches those of its own user. */
export function passkeyHandlers({
  database,
  clock,
  baseUrl,
}: Store): Partial<ServiceImpl<typeof WebAuthnService>> {
  const rpId = new URL(baseUrl).hostname
  return {
    async listCredentials({ userId }, context) {
      const own = ownUser(context)
      if (own !== undefined && userId !== '' && userId !== own) {
        throw apiError(Code.PermissionDenied, 'A session reaches its own user only')
      }
      const { id } = await findUser(database.db, environmentOf(context), { id: own ?? userId })
      const rows = await database.db
        .selectFrom('passkeys')
        .selectAll()
        .where('user_id', '=', id)
        .orderBy('id')
        .execute()
      const credentials = rows.map(toPasskey)
      return {
        credentials,
        allAcceptedCredentialsOptions: {
          rpId,
          userId: id,
          allAcceptedCredentialIds: credentials.map((one) => encode(one.credentialId)),
        },
      }
    },

    async updateCredential({ credentialId, displayName }, context) {
      const row = await find(context, credentialId)
      const passkey = { ...toPasskey(row), displayName }
      // What a sign-in needs of it, its public key, is no part of the message, and stays.
      const shown = Object(toJson(webauthn.WebAuthnCredentialSchema, passkey))
      const data = JSON.stringify({ ...JSON.parse(row.data), ...shown })
      const updated = { ...row, data, updated_at: clock.now() }
      await database.db.updateTable('passkeys').set(updated).where('id', '=', row.id).execute()
      return { credential: toPasskey(updated) }
    },

    async deleteCredential({ credentialId }, context) {
      const row = await find(context, credentialId)
      await database.db.deleteFrom('passkeys').where('id', '=', row.id).execute()
      return {
        success: true,
        unknownCredentialOptions: { rpId, credentialId: encode(toPasskey(row).credentialId) },
      }
    },
  }

  async function find(context: HandlerContext, id: string): Promise<PasskeyRow> {
    const own = ownUser(context)
    let query = database.db
      .selectFrom('passkeys')
      .selectAll()
      .where('environment_id', '=', environmentOf(context))
      .where('id', '=', id)
    if (own !== undefined) query = query.where('user_id', '=', own)
    const row = await query.executeTakeFirst()
    if (row) return row
    throw apiError(Code.NotFound, `There is no passkey ${JSON.stringify(id)}`)
  }
}

function ownUser(context: HandlerContext): string | undefined {
  const principal = context.values.get(principalKey)
  return principal?.kind === 'session' ? principal.userId : undefined
}

function toPasskey(row: PasskeyRow) {
  const data: JsonValue = JSON.parse(row.data)
  const passkey = fromJson(webauthn.WebAuthnCredentialSchema, data, { ignoreUnknownFields: true })
  return { ...passkey, id: row.id, userId: row.user_id }
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
