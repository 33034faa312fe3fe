import { z } from 'zod'
import type { Toolbox } from '../agent-tools/catalogue.js'
import type { CredentialField } from '../agent-tools/connector.js'
import type { DataStore } from '../store.js'
import { type AccountFields, detailsCase } from './connected-account-changes.js'
import type { NamedAccount } from './connected-account-data.js'

const password = (field_name: string, label: string): CredentialField => ({
  ...{ field_name, label, input_type: 'password', required: true },
})
const text = (field_name: string, label: string): CredentialField => ({
  ...{ field_name, label, input_type: 'text', required: true },
})

/** The form of a type of connection whose connector has none of its own. */
const USUAL: Readonly<Record<string, readonly CredentialField[]>> = {
  API_KEY: [password('api_key', 'API key')],
  BEARER: [password('token', 'Token')],
  BASIC: [text('username', 'User name'), { ...password('password', 'Password'), required: false }],
  GOOGLE_DWD: [text('subject', 'E-mail address of the user in Google Workspace')],
  TRUSTED_IDP: [text('db_user', 'Database user')],
}

/** What a custom provider says about its form, as its API message has it. */
const ProviderData = z.object({
  authPatterns: z.array(z.looseObject({ fields: z.array(z.unknown()).catch([]) })).catch([]),
})
const ProviderField = z
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

/** The fields of the form for an account: those of its connector or custom provider, else the usual ones of its type. */
export async function credentialFields(
  { database }: DataStore,
  toolbox: Toolbox,
  account: NamedAccount,
  provider: string,
): Promise<readonly CredentialField[]> {
  const own = toolbox.connector(provider)?.fields ?? []
  if (own.length > 0) return own
  const row = await database.db
    .selectFrom('custom_providers')
    .select('data')
    .where('environment_id', '=', account.environment_id)
    .where('identifier', '=', provider)
    .executeTakeFirst()
  const [pattern] = row ? ProviderData.parse(JSON.parse(row.data)).authPatterns : []
  const custom = (pattern?.fields ?? []).flatMap((field) => ProviderField.safeParse(field).data ?? [])
  if (custom.length > 0) return custom
  return USUAL[account.connection_type] ?? [password('api_key', 'API key')]
}

/** What a form has authorized an account by, as JSON of the API. */
export function formDetails(
  type: string,
  values: Readonly<Record<string, string>>,
): NonNullable<AccountFields['details']> {
  const form = detailsCase(type)
  if (form === 'googleDwd') return { case: form, value: { googleDwd: { subject: values.subject ?? '' } } }
  if (form === 'trustedIdp') return { case: form, value: { trustedIdp: { dbUser: values.db_user ?? '' } } }
  return { case: form, value: { staticAuth: { details: { ...values } } } }
}
