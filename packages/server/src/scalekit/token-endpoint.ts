import { Secret } from '@scalekit-mcp/auth'
import { type Dispatcher, request } from 'undici'
import * as z from 'zod'
import { ToolError } from '../errors.js'

/** Where this server gets tokens for the management API, and as whom. */
export interface TokenEndpoint {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: Secret
  readonly dispatcher: Dispatcher
  /** The time by which tokens expire, in milliseconds since the epoch. */
  readonly now: () => number
}

export interface AccessToken {
  readonly value: Secret
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** The authorization server issued no token (RFC 6749 section 5.2). */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal'

  constructor(
    readonly status: number,
    /** The value of `error`; empty where the answer has none. */
    readonly code: string,
  ) {
    super(`token endpoint answered ${status} ${code}`)
  }
}

const tokenResponse = z.object({
  access_token: z.string().min(1).max(16_384),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().max(86_400).default(300),
})

/**
 * Sends one request to the token endpoint (RFC 6749 section 3.2), authenticated with the server's own client.
 *
 * @throws ToolError `permission_denied` when the authorization server refuses (its text stays in the cause),
 * `upstream_unavailable` when it cannot be reached or fails
 */
export async function requestToken(
  endpoint: TokenEndpoint,
  parameters: Readonly<Record<string, string>>,
): Promise<AccessToken> {
  const response = await request(endpoint.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      ...parameters,
      client_id: endpoint.clientId,
      client_secret: endpoint.clientSecret.reveal(),
    }).toString(),
    dispatcher: endpoint.dispatcher,
  }).catch((cause: unknown) => {
    throw new ToolError('upstream_unavailable', 'Scalekit could not be reached for a token.', { cause })
  })
  const body: unknown = await response.body.json().catch(() => undefined)
  if (response.statusCode >= 500 || response.statusCode === 429) {
    throw new ToolError('upstream_unavailable', 'Scalekit could not issue a token now.', {
      cause: new Error(`token endpoint answered ${response.statusCode}`),
    })
  }
  const token = tokenResponse.safeParse(body)
  if (response.statusCode !== 200 || !token.success) {
    throw new ToolError('permission_denied', 'Scalekit gave this server no token for the call.', {
      nextStep:
        'Sign in again; if that does not help, ask the operator to check the credentials of this server.',
      cause: new TokenRefusal(response.statusCode, oauthError(body)),
    })
  }
  return {
    value: new Secret(token.data.access_token),
    expiresAt: endpoint.now() + token.data.expires_in * 1000,
  }
}

function oauthError(body: unknown): string {
  const code = (body as { error?: unknown } | undefined)?.error
  return typeof code === 'string' && /^[a-z_]{1,60}$/.test(code) ? code : ''
}
