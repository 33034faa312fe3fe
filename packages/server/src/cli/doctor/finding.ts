/** One line of the doctor: what was looked at, whether it is right, and how to mend it where it is not. */
export interface Finding {
  /** Stable: scripts may look for it. */
  readonly check: Check
  readonly state: 'right' | 'wrong' | 'not checked'
  readonly text: string
  readonly mend?: string
  /** Where the troubleshooting guide says more. */
  readonly guide?: string
}

/** What is looked at, in the order in which a client meets it. */
export const checks = {
  reach: 'the server answers',
  tls: 'its certificate is trusted, or it is on this machine',
  challenge: 'without a token it answers 401 with a Bearer challenge (RFC 6750)',
  'resource-metadata': 'the metadata of the resource can be read (RFC 9728)',
  resource: 'the metadata names exactly this URL as its resource',
  'issuer-metadata': 'the metadata of the authorization server can be read (RFC 8414)',
  issuer: 'it names exactly the issuer that the resource names (RFC 8414 section 3.3)',
  endpoints: 'it names an authorization and a token endpoint',
  pkce: 'it takes PKCE with S256 (RFC 7636)',
  registration: 'a new client can register: a metadata document (CIMD) or dynamically (RFC 7591)',
  scopes: 'the scopes of the challenge are ones that the authorization server gives',
  clock: 'the clocks of the servers and of this machine agree',
  token: 'there is a token, and it is valid now',
  audience: 'the token is for this server (RFC 8707)',
  administrator: 'the person of the token administers what the server manages',
  modern: 'it serves MCP 2026-07-28: list the tools and call one',
  legacy: 'it serves MCP 2025-11-25: list the tools and call one',
} as const

export type Check = keyof typeof checks

/** The sections of the troubleshooting guide. */
const sections: Partial<Record<Check, string>> = {
  'resource-metadata': 'metadata-is-missing-or-malformed',
  resource: 'invalid-audience',
  'issuer-metadata': 'metadata-is-missing-or-malformed',
  issuer: 'metadata-is-missing-or-malformed',
  scopes: '403-again-and-again',
  clock: 'clocks',
  token: 'tokens-expire',
  audience: 'invalid-audience',
  administrator: 'not-an-administrator',
  modern: '401-again-and-again',
  legacy: '401-again-and-again',
}

export const right = (check: Check, text: string): Finding => ({ check, state: 'right', text })
export const wrong = (check: Check, text: string, mend: string): Finding => ({
  check,
  state: 'wrong',
  text,
  mend,
  ...(sections[check] ? { guide: `docs/guides/troubleshooting.md#${sections[check]}` } : {}),
})
export const notChecked = (check: Check, text: string): Finding => ({ check, state: 'not checked', text })
