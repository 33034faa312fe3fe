import { randomInt } from 'node:crypto'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { ApiTokenRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { hashSecret } from '../../storage/secret-hash.js'
import { notFound } from '../domain-error.js'

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
 * @throws {DomainError} `not_found`, also for one that has expired
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
  throw notFound('The token is not one of this environment, has expired or was invalidated')
}
