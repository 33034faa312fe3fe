import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import { userData } from './user-data.js'

/** Claims that say who somebody is here and what they may do: no custom attribute is one of them. */
const RESERVED = [
  'roles permissions email emailverified name givenname familyname sub oid xoid xuid sid',
  'iss aud exp iat nbf jti azp nonce acr amr authtime athash chash shash scope scopes clientid',
  'metadata identities',
]
  .join(' ')
  .split(' ')

const NAME = /^[A-Za-z][\w-]{0,99}$/

/** Whether an attribute can be a claim of its own. Reserved names are dropped in any spelling. */
export function isCustomAttribute(name: string): boolean {
  return NAME.test(name) && !RESERVED.includes(name.toLowerCase().replace(/[_-]/g, ''))
}

/** The custom attributes of a user that can be claims. */
export async function customAttributesOf(
  db: Kysely<Schema>,
  environment: string,
  user: string,
): Promise<Record<string, string>> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', user)
    .executeTakeFirst()
  const custom = row === undefined ? {} : userData(row).user_profile.custom_attributes
  return Object.fromEntries(Object.entries(custom).filter(([name]) => isCustomAttribute(name)))
}
