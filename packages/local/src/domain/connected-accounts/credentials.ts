import { z } from 'zod'
import { connectedAccountData, type NamedAccount } from './connected-account-data.js'
import type { CustomProvider } from './custom-provider.js'

const Details = z.object({
  oauthToken: z
    .object({
      accessToken: z.string().default(''),
      refreshToken: z.string().default(''),
      domain: z.string().default(''),
    })
    .optional(),
  staticAuth: z.object({ details: z.record(z.string(), z.json()).default({}) }).optional(),
  googleDwd: z.object({ subject: z.string().default(''), accessToken: z.string().default('') }).optional(),
  trustedIdp: z.object({ dbUser: z.string().default('') }).optional(),
})

/** The credentials of an account, by the names of the API. */
export function credentialsOf(details: unknown) {
  return Details.parse(details ?? {})
}

/** Whether details authorize anything: SDKs send empty ones where an application has none. */
export function isUsable(details: unknown): boolean {
  const { oauthToken, staticAuth, googleDwd, trustedIdp } = credentialsOf(details)
  return Boolean(
    oauthToken?.accessToken ||
      Object.values(staticAuth?.details ?? {}).some((value) => value !== '' && value !== null) ||
      googleDwd?.subject ||
      trustedIdp?.dbUser,
  )
}

/** How a provider expects credentials. */
export interface CredentialRules {
  /** The header for credentials of every type. Default: the usual header of the type. */
  readonly header?: string | undefined
  /** The usual header of an API key. */
  readonly keyHeader: string
  readonly mutations: CustomProvider['mutations']
}

const BUILT_IN: CredentialRules = { keyHeader: 'x-api-key', mutations: {} }

/**
 * The headers that authorize a request to the provider of an account. An empty field of static credentials gets its default;
 * then the prefix and the suffix are added.
 */
export function credentialHeaders(
  account: NamedAccount,
  { header, keyHeader, mutations }: CredentialRules = BUILT_IN,
): Record<string, string> {
  const { oauthToken, staticAuth, googleDwd } = credentialsOf(connectedAccountData(account).details)
  const given = (name: string, value = staticAuth?.details[name]) => {
    const { prefix, suffix, default: usual } = mutations[name] ?? { prefix: '', suffix: '', default: '' }
    return `${prefix}${String(value ?? '') || usual}${suffix}`
  }
  const authorization = (value: string) => ({ [header ?? 'authorization']: value })
  switch (account.connection_type) {
    case 'BASIC':
    case 'BASIC_AUTH': {
      const pair = `${given('username')}:${given('password')}`
      return authorization(`Basic ${Buffer.from(pair).toString('base64')}`)
    }
    case 'API_KEY': {
      const { api_key: key, ...others } = staticAuth?.details ?? {}
      return { [header ?? keyHeader]: given('api_key', key || Object.values(others)[0]) }
    }
    case 'BEARER':
      return authorization(`Bearer ${given('token')}`)
    case 'GOOGLE_DWD':
      return authorization(`Bearer ${googleDwd?.accessToken ?? ''}`)
    case 'NO_AUTH':
    case 'TRUSTED_IDP':
      return {}
    default:
      return authorization(`Bearer ${oauthToken?.accessToken ?? ''}`)
  }
}
