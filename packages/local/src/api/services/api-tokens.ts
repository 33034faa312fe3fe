import { timestampMs } from '@bufbuild/protobuf/wkt'
import { Code, type ServiceImpl } from '@connectrpc/connect'
import { type ApiTokenService, apiError } from '@scalekit-mcp/api'
import { findOrganization } from '../../domain/organizations/organization-data.js'
import type { Store } from '../../domain/store.js'
import { ApiTokenData, apiTokenData, findApiToken, newApiToken } from '../../domain/tokens/api-token-data.js'
import { findMembership, findUser } from '../../domain/users/user-data.js'
import { newId } from '../../storage/ids.js'
import type { ApiTokenRow } from '../../storage/registry-schema.js'
import { hashSecret } from '../../storage/secret-hash.js'
import { required } from '../identity.js'
import { toApiTokens } from '../messages/api-token-message.js'
import { fetchList, readPage } from '../page.js'
import { environmentOf } from '../request-context.js'

/** Opaque tokens that an application gives its customers for its own API. Only their hashes are kept. */
export function apiTokenHandlers({ database, clock }: Store): Partial<ServiceImpl<typeof ApiTokenService>> {
  return {
    async createToken(request, context) {
      const { organizationId, userId, expiry, customClaims, description } = required(request.token, 'token')
      const environment = environmentOf(context)
      const now = clock.now()
      if (expiry && timestampMs(expiry) <= now) {
        throw apiError(Code.InvalidArgument, 'token.expiry: must be in the future', {
          fieldViolations: [{ field: 'token.expiry', description: 'must be in the future' }],
        })
      }
      const token = newApiToken()
      const row: ApiTokenRow = {
        id: newId('apit'),
        environment_id: environment,
        organization_id: organizationId,
        user_id: userId || null,
        token_hash: hashSecret(token),
        expires_at: expiry ? timestampMs(expiry) : null,
        data: JSON.stringify(
          ApiTokenData.parse({
            custom_claims: customClaims,
            description: description || undefined,
            suffix: token.slice(-4),
          }),
        ),
        created_at: now,
        updated_at: now,
      }
      return database.transaction(async (db) => {
        await findOrganization(db, environment, { id: organizationId })
        if (userId) {
          await findUser(db, environment, { id: userId })
          await findMembership(db, organizationId, userId)
        }
        await db.insertInto('api_tokens').values(row).execute()
        const [tokenInfo] = await toApiTokens(db, [row])
        return { token, tokenId: row.id, ...(tokenInfo && { tokenInfo }) }
      })
    },

    async validateToken({ token }, context) {
      const row = await findApiToken(database.db, environmentOf(context), clock.now(), token)
      const [tokenInfo] = await toApiTokens(database.db, [row])
      return { ...(tokenInfo && { tokenInfo }) }
    },

    async updateToken({ token, customClaims, description }, context) {
      return database.transaction(async (db) => {
        const row = await findApiToken(db, environmentOf(context), clock.now(), token)
        const data = ApiTokenData.parse({
          ...apiTokenData(row),
          ...(Object.keys(customClaims).length > 0 && { custom_claims: customClaims }),
          ...(description !== undefined && { description }),
        })
        const updated = { ...row, data: JSON.stringify(data), updated_at: clock.now() }
        await db.updateTable('api_tokens').set(updated).where('id', '=', row.id).execute()
        const [tokenInfo] = await toApiTokens(db, [updated])
        return { ...(tokenInfo && { tokenInfo }) }
      })
    },

    /** Succeeds for a token that is invalid already, as the API documents. */
    async invalidateToken({ token }, context) {
      await database.db
        .deleteFrom('api_tokens')
        .where('environment_id', '=', environmentOf(context))
        .where((where) => where.or([where('id', '=', token), where('token_hash', '=', hashSecret(token))]))
        .execute()
      return {}
    },

    async listTokens(request, context) {
      const environment = environmentOf(context)
      const { organizationId, userId } = request
      await findOrganization(database.db, environment, { id: organizationId })
      let query = database.db
        .selectFrom('api_tokens')
        .where('organization_id', '=', organizationId)
        .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', clock.now())]))
      if (userId) query = query.where('user_id', '=', userId)
      const page = readPage(['api tokens', organizationId, userId ?? ''], request)
      const { rows, tokens } = await fetchList(page, query.selectAll(), 'id')
      const { totalSize, ...pages } = tokens
      return { ...pages, totalCount: totalSize, tokens: await toApiTokens(database.db, rows) }
    },
  }
}
