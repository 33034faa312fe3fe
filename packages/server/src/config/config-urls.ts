import { canonicalForm, hostsOf, insecureUrl, isHost } from '@scalekit-mcp/auth/server'
import { notForProduction } from './production-guard.js'

type Urls = Parameters<typeof notForProduction>[0] & {
  readonly NODE_ENV: string
  readonly SCALEKIT_ENV_URL?: string | undefined
  readonly SCALEKIT_WORKSPACE_URL?: string | undefined
  readonly EXPECTED_AUDIENCE?: string | undefined
  readonly EXPECTED_ISSUERS?: readonly string[] | undefined
  readonly JWKS_URI?: string | undefined
  readonly INTROSPECTION_URL?: string | undefined
}

/** A sentence for each URL that this server cannot use. */
export function unusableUrls(values: Urls): string[] {
  const insecure = values.NODE_ENV === 'production' ? notForProduction(values) : insecureUrls(values)
  return insecure.length > 0 ? insecure : otherForm(values)
}

/** A sentence for each URL to which secrets would go, or from which keys would come, in clear over a public network. */
function insecureUrls(values: Urls): string[] {
  const { SCALEKIT_ENV_URL, SCALEKIT_WORKSPACE_URL, EXPECTED_AUDIENCE, JWKS_URI, INTROSPECTION_URL } = values
  const single = { SCALEKIT_ENV_URL, SCALEKIT_WORKSPACE_URL, EXPECTED_AUDIENCE, JWKS_URI, INTROSPECTION_URL }
  const all = [
    ...Object.entries(single),
    ...(values.EXPECTED_ISSUERS ?? []).map((issuer) => ['EXPECTED_ISSUERS', issuer] as const),
  ]
  return all
    .filter(([name, url]) => url !== undefined && insecureUrl(url, name) !== undefined)
    .map(
      ([name, url]) =>
        `${name}: ${url} is not https. Set it to an https URL; http is for localhost and containers.`,
    )
}

function otherForm({ EXPECTED_AUDIENCE: audience }: Urls): string[] {
  if (audience === undefined) return []
  // The URL parser accepts more than a Host header can have, such as a wildcard.
  if (!hostsOf(audience).every(isHost)) {
    return [
      `EXPECTED_AUDIENCE: ${new URL(audience).hostname} is not a host name. Set it to the URL at which clients reach this server, like https://mcp.acme.com/mcp.`,
    ]
  }
  const canonical = canonicalForm(audience)
  if (canonical === undefined) return []
  return [
    `EXPECTED_AUDIENCE: set it to ${canonical}, the canonical form of ${audience}, in Scalekit and in clients too.`,
  ]
}
