import type { Toolbox } from '../agent-tools/catalogue.js'
import type { CredentialField } from '../agent-tools/connector.js'
import type { DataStore } from '../store.js'
import { type AccountFields, detailsCase } from './connected-account-changes.js'
import type { NamedAccount } from './connected-account-data.js'
import { findCustomProvider } from './custom-provider.js'

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

/** The fields of the form for an account: those of its connector or custom provider, else the usual ones of its type. */
export async function credentialFields(
  { database }: DataStore,
  toolbox: Toolbox,
  account: NamedAccount,
  provider: string,
): Promise<readonly CredentialField[]> {
  const own = toolbox.connector(provider)?.fields ?? []
  if (own.length > 0) return own
  const { fields: custom = [] } =
    (await findCustomProvider(database.db, account.environment_id, provider)) ?? {}
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
