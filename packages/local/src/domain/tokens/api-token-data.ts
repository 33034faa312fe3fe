import { randomInt } from 'node:crypto'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code } from '@connectrpc/connect'
import { apiError, type tokens } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { ApiTokenRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { hashSecret } from '../../storage/secret-hash.js'
import { membershipRoles } from '../roles/membership-roles.js'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 43 characters of 62 are 256 bits. */
const LENGTH = 43

/** The attributes of an API token without a column of their own. */
export const ApiTokenData = z.object({
  custom_claims: z.record(z.string(), z.string()).default({}),
  description: z.string().optional(),
  suffix: z.string().default(''),
})
export type ApiTokenData = z.infer<typeof ApiTokenData>

/** An opaque token in Base62. */
export function newApiToken(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

export function apiTokenData(row: ApiTokenRow): ApiTokenData {
  return ApiTokenData.parse(JSON.parse(row.data))
}

/**
 * A valid API token, by its value or its id.
 * @throws {ConnectError} NotFound, also for one that has expired
 */
export async function findApiToken(
  db: Kysely<Schema>,
  environment: string,
  now: number,
  token: string,
): Promise<ApiTokenRow> {
  const query = db.selectFrom('api_tokens').selectAll().where('environment_id', '=', environment)
  const row = await (/^apit_\d{1,18}$/.test(token)
    ? query.where('id', '=', token)
    : query.where('token_hash', '=', hashSecret(token))
  ).executeTakeFirst()
  if (row && (row.expires_at === null || row.expires_at > now)) return row
  throw apiError(Code.NotFound, 'The token is not one of this environment, has expired or was invalidated')
}

/** API tokens as they are shown, with what their organization and user are now. */
export async function toApiTokens(
  db: Kysely<Schema>,
  rows: readonly ApiTokenRow[],
): Promise<MessageInitShape<typeof tokens.TokenSchema>[]> {
  if (rows.length === 0) return []
  const users = rows.flatMap(({ user_id }) => user_id ?? [])
  const organizations = await db
    .selectFrom('organizations')
    .select(['id', 'external_id'])
    .where(
      'id',
      'in',
      rows.map(({ organization_id }) => organization_id),
    )
    .execute()
  const people = await db
    .selectFrom('users')
    .innerJoin('memberships', 'memberships.user_id', 'users.id')
    .select([
      'users.id',
      'users.email',
      'users.external_id',
      'memberships.organization_id',
      'memberships.roles',
      'memberships.status',
    ])
    .where('users.id', 'in', users.length > 0 ? users : [''])
    .execute()
  return rows.map((row) => {
    const data = apiTokenData(row)
    const organization = organizations.find(({ id }) => id === row.organization_id)
    const person = people.find((one) => one.id === row.user_id && one.organization_id === row.organization_id)
    return {
      tokenId: row.id,
      organizationId: row.organization_id,
      organizationExternalId: organization?.external_id ?? '',
      customClaims: data.custom_claims,
      tokenSuffix: data.suffix,
      createdAt: timestampFromMs(row.created_at),
      roles: person?.status === 'ACTIVE' ? membershipRoles(person) : [],
      ...(data.description !== undefined && { description: data.description }),
      ...(row.expires_at !== null && { expiry: timestampFromMs(row.expires_at) }),
      ...(row.user_id !== null && { userId: row.user_id }),
      ...(person && { email: person.email }),
      ...(person?.external_id && { userExternalId: person.external_id }),
    }
  })
}
