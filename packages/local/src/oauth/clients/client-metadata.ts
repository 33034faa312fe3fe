import type { AllClientMetadata } from 'oidc-provider'
import { z } from 'zod'

/** The names of this machine. */
export const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

const PUBLIC_GRANTS = ['authorization_code', 'refresh_token']
const text = z.string().min(1).max(200)
const url = z.url({ protocol: /^https?$/ }).max(2000)

/** Compared letter by letter later, so a wildcard would mean nothing; user information only hides the host. */
const redirectUri = z
  .string()
  .min(1)
  .max(2000)
  .refine((uri) => !uri.includes('*') && URL.canParse(uri) && new URL(uri).username === '', {
    error: 'a URI without wildcards and without user information',
  })

/**
 * Client metadata (RFC 7591, section 2) as clients really send it. Members that a client may leave out are
 * dropped when they are wrong, and what is not listed here is ignored, as section 2 allows: a registration
 * fails only where going on would be unsafe, which is the redirect URIs.
 */
const Metadata = z.object({
  redirect_uris: z.array(redirectUri).min(1).max(50),
  client_name: text.optional().catch(undefined),
  client_uri: url.optional().catch(undefined),
  logo_uri: url.optional().catch(undefined),
  policy_uri: url.optional().catch(undefined),
  tos_uri: url.optional().catch(undefined),
  grant_types: z.array(z.string()).catch(['authorization_code']).default(['authorization_code']),
})

/**
 * The metadata of a public client, from what it sent. Scopes are left out: they are asked for and granted per
 * request. Grants that a public client cannot use are left out too. Throws a `ZodError` for unusable redirect URIs.
 */
export function publicClient(sent: unknown): AllClientMetadata {
  const { grant_types, ...metadata } = Metadata.parse(sent)
  return {
    ...metadata,
    application_type: applicationType(metadata.redirect_uris),
    token_endpoint_auth_method: 'none',
    response_types: ['code'],
    grant_types: PUBLIC_GRANTS.filter(
      (grant) => grant === 'authorization_code' || grant_types.includes(grant),
    ),
  }
}

/**
 * OpenID Connect Registration, section 2: a native client must not use https on a loopback host. A web application behind a proxy
 * with TLS on this machine does.
 */
function applicationType(redirectUris: readonly string[]): 'web' | 'native' {
  const isSecureLoopback = (uri: string) => {
    const { protocol, hostname } = new URL(uri)
    return protocol === 'https:' && LOOPBACK_HOSTS.has(hostname)
  }
  return redirectUris.some(isSecureLoopback) ? 'web' : 'native'
}
