import { z } from 'zod'
import { connectedAccountData, type NamedAccount } from './connected-account-data.js'

const Details = z.object({
  oauthToken: z
    .object({ accessToken: z.string().default(''), refreshToken: z.string().default('') })
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

/** What a request to the provider of an account is authorized by, as headers. */
export function credentialHeaders(account: NamedAccount): Record<string, string> {
  const { oauthToken, staticAuth, googleDwd } = credentialsOf(connectedAccountData(account).details)
  const given = (name: string) => String(staticAuth?.details[name] ?? '')
  switch (account.connection_type) {
    case 'BASIC':
    case 'BASIC_AUTH':
      return {
        authorization: `Basic ${Buffer.from(`${given('username')}:${given('password')}`).toString('base64')}`,
      }
    case 'API_KEY':
      return { 'x-api-key': given('api_key') || String(Object.values(staticAuth?.details ?? {})[0] ?? '') }
    case 'BEARER':
      return { authorization: `Bearer ${given('token')}` }
    case 'GOOGLE_DWD':
      return { authorization: `Bearer ${googleDwd?.accessToken ?? ''}` }
    case 'NO_AUTH':
    case 'TRUSTED_IDP':
      return {}
    default:
      return { authorization: `Bearer ${oauthToken?.accessToken ?? ''}` }
  }
}
