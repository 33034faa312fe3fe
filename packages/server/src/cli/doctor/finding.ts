/** One line of the doctor: what was checked, the result, and how to fix it. */
export interface Finding {
  /** Stable: scripts may look for it. */
  readonly check: Check
  readonly state: 'ok' | 'failed' | 'not checked'
  readonly text: string
  readonly fix?: string
  /** The section of the troubleshooting guide. */
  readonly guide?: string
}

/** What is checked, in the order in which a client depends on it. */
export const checks = {
  'env-file': 'which .env is read, and whether this program reads each variable in it',
  reach: 'the server answers',
  tls: 'its certificate is trusted, or it is on this machine',
  challenge: 'a request without a token gets 401 with a Bearer challenge (RFC 6750)',
  'resource-metadata': 'the metadata of the resource can be read (RFC 9728)',
  resource: 'resource in the metadata is exactly this URL',
  'well-known':
    'the metadata is also where clients look without a challenge, under the public URL (RFC 9728 section 3.1)',
  'issuer-metadata': 'the metadata of the authorization server can be read (RFC 8414)',
  issuer: 'its issuer is exactly the one that the resource lists (RFC 8414 section 3.3)',
  endpoints: 'it has an authorization and a token endpoint',
  pkce: 'it supports PKCE with S256 (RFC 7636)',
  registration: 'a new client can register: a metadata document (CIMD) or dynamically (RFC 7591)',
  scopes: 'the authorization server knows the scopes of the challenge',
  clock: 'the clocks of the servers and of this machine agree',
  token: 'a token exists and is valid now',
  'token-clock': 'a new token has the time of this machine',
  audience: 'the token is for this server (RFC 8707)',
  administrator: 'the user of the token administers what the server manages',
  modern: 'MCP 2026-07-28: list the tools and call one',
  legacy: 'MCP 2025-11-25: list the tools and call one',
  configuration: 'where the server is configured, in this folder: the configuration can start it',
  credentials: 'there: Scalekit accepts the credentials of the server',
  registered: 'there: Scalekit has exactly one MCP server with this URL, and it is the configured one',
  administrators: 'there: somebody administers the environment by the rule (ADMIN_…)',
  revocation: 'there: the introspection endpoint answers the server (RFC 7662)',
} as const

export type Check = keyof typeof checks

/** The section of the troubleshooting guide for a failed check. */
const sections: Partial<Record<Check, string>> = {
  'resource-metadata': 'metadata-is-missing-or-malformed',
  resource: 'invalid-audience',
  'well-known': 'proxies',
  'issuer-metadata': 'metadata-is-missing-or-malformed',
  issuer: 'metadata-is-missing-or-malformed',
  scopes: '403-again-and-again',
  clock: 'clocks',
  'token-clock': 'clocks',
  token: 'tokens-expire',
  audience: 'invalid-audience',
  administrator: 'not-an-administrator',
  modern: '401-again-and-again',
  legacy: '401-again-and-again',
  registered: 'invalid-audience',
  administrators: 'not-an-administrator',
}

export const ok = (check: Check, text: string): Finding => ({ check, state: 'ok', text })
export const failed = (check: Check, text: string, fix: string, section = sections[check]): Finding => ({
  check,
  state: 'failed',
  text,
  fix,
  ...(section ? { guide: `docs/guides/troubleshooting.md#${section}` } : {}),
})
export const notChecked = (check: Check, text: string): Finding => ({ check, state: 'not checked', text })
