import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Schema } from '../../storage/schema.js'
import type { CredentialField } from '../agent-tools/connector.js'
import { invalid } from '../domain-error.js'

/** RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/
/** Headers that frame a request or choose its connection, and the one that opens the control of an environment like this. */
const RESERVED =
  /^(connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|x-scalekit-local)$/i

const Mutation = z.object({
  prefix: z.string().default(''),
  suffix: z.string().default(''),
  default: z.string().default(''),
})
export type Mutation = z.infer<typeof Mutation>

const Field = z
  .object({
    field_name: z.string().min(1),
    label: z.string().optional(),
    input_type: z.string().optional(),
    required: z.boolean().default(true),
  })
  .transform(
    ({ field_name, label, input_type, required }): CredentialField => ({
      ...{ field_name, label: label || field_name, required },
      input_type: input_type === 'password' ? 'password' : 'text',
    }),
  )

/** How users authorize accounts, and how requests carry their credentials. Other members are stored as they are. */
const AuthPattern = z.looseObject({
  fields: z.array(z.unknown()).catch([]),
  auth_header_key_override: z.string().optional().catch(undefined),
  auth_field_mutations: z.record(z.string(), Mutation.catch(Mutation.parse({}))).catch({}),
})

/** The stored JSON of the API message. */
const Data = z.object({
  authPatterns: z.array(z.unknown()).catch([]),
  proxyUrl: z.string().default(''),
  proxyEnabled: z.boolean().default(false),
})

/** A provider that an environment has added. */
export interface CustomProvider {
  readonly fields: readonly CredentialField[]
  readonly proxyUrl: string
  readonly proxyEnabled: boolean
  /** The header that carries credentials; undefined for `Authorization`. */
  readonly header: string | undefined
  /** What happens to credentials before they are sent, by field. */
  readonly mutations: Readonly<Record<string, Mutation>>
}

export async function findCustomProvider(
  db: Kysely<Schema>,
  environment: string,
  identifier: string,
): Promise<CustomProvider | undefined> {
  const row = await db
    .selectFrom('custom_providers')
    .select('data')
    .where('environment_id', '=', environment)
    .where('identifier', '=', identifier)
    .executeTakeFirst()
  return row && customProvider(JSON.parse(row.data))
}

/**
 * Reads the JSON of a custom provider.
 * @throws {DomainError} `invalid` for a header that cannot carry credentials
 */
export function customProvider(json: unknown): CustomProvider {
  const { authPatterns, proxyUrl, proxyEnabled } = Data.parse(json)
  const pattern = AuthPattern.safeParse(authPatterns[0]).data
  const header = pattern?.auth_header_key_override || undefined
  if (header !== undefined && (!HEADER_NAME.test(header) || RESERVED.test(header))) {
    const field = 'provider.auth_patterns.auth_header_key_override'
    throw invalid(`${field}: ${JSON.stringify(header)} cannot carry credentials, name another header`, [
      { field, description: 'must be the name of a header that can carry credentials' },
    ])
  }
  return {
    fields: (pattern?.fields ?? []).flatMap((field) => Field.safeParse(field).data ?? []),
    ...{ proxyUrl, proxyEnabled, header },
    mutations: pattern?.auth_field_mutations ?? {},
  }
}
