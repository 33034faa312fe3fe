import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { tokens } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { membershipRoles } from '../../domain/roles/membership-roles.js'
import { apiTokenData } from '../../domain/tokens/api-token-data.js'
import type { ApiTokenRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'

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
