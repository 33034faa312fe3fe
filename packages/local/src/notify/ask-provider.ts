import { z } from 'zod'
import {
  ProviderFailure,
  type Providers,
  type ProviderTokens,
  providerPaths,
} from '../domain/agent-tools/providers.js'
import { limitedText } from '../http/limited-text.js'

/** The official SDKs wait as long for a tool. */
const TOOL_MS = 60_000
const TOKEN_MS = 10_000
/** RFC 7523. The simulated provider accepts the subject without the assertion that a service account signs. */
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const LIMIT_BYTES = 4 * 1024 * 1024
const MESSAGE_LENGTH = 500

/** RFC 6749, section 5.1. */
const TokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive().default(3600),
  scope: z.string().optional(),
})
const ErrorAnswer = z.object({
  error: z.object({
    code: z
      .string()
      .regex(/^\w{1,60}$/)
      .optional()
      .catch(undefined),
    message: z.string().optional().catch(undefined),
  }),
})

/**
 * Calls simulated providers as any other, over HTTP: faults and the request log apply, and a URL of the developer's own
 * can be in their place.
 */
export function createProviders(baseUrl: string): Providers {
  return {
    async call({ connection, tool, handler, headers, params, identifier, connectedAccountId }) {
      const url = handler ?? baseUrl + providerPaths(connection).tool(tool)
      const { status, json } = await send(`The provider of ${tool}`, url, TOOL_MS, {
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ tool, params, identifier, connected_account_id: connectedAccountId }),
      })
      if (status < 400) return json
      const { code, message } = ErrorAnswer.safeParse(json).data?.error ?? {}
      const said = message === undefined ? '' : `: ${printable(message)}`
      throw new ProviderFailure(`The provider of ${tool} answered HTTP ${status}${said}`, status, code)
    },

    redeemCode: (connection, code, redirect_uri, code_verifier) =>
      token(connection, { grant_type: 'authorization_code', code, redirect_uri, code_verifier }),

    refresh: (connection, refresh_token) => token(connection, { grant_type: 'refresh_token', refresh_token }),

    impersonate: (connection, subject) => token(connection, { grant_type: JWT_BEARER, subject }),
  }

  async function token(connection: string, params: Record<string, string>): Promise<ProviderTokens> {
    const url = baseUrl + providerPaths(connection).token
    const body = new URLSearchParams({ client_id: connection, ...params })
    const { status, json } = await send('The provider', url, TOKEN_MS, { body })
    const answer = TokenAnswer.safeParse(json)
    if (status >= 400 || !answer.success) {
      throw new ProviderFailure(`The provider refused the token request with HTTP ${status}`, status)
    }
    const { access_token, refresh_token, expires_in, scope } = answer.data
    return {
      accessToken: access_token,
      refreshToken: refresh_token,
      scopes: scope?.split(' ').filter(Boolean),
      expiresInSeconds: expires_in,
    }
  }
}

async function send(
  who: string,
  url: string,
  limitMs: number,
  init: Pick<RequestInit, 'headers' | 'body'>,
): Promise<{ status: number; json: unknown }> {
  let answer: { status: number; text: string }
  try {
    const signal = AbortSignal.timeout(limitMs)
    const response = await fetch(url, { method: 'POST', redirect: 'error', signal, ...init })
    answer = { status: response.status, text: await limitedText(response, LIMIT_BYTES) }
  } catch (cause) {
    const late = cause instanceof Error && cause.name === 'TimeoutError'
    const why = late
      ? `did not answer within ${limitMs / 1000} seconds`
      : 'could not be reached, or did not answer'
    throw new ProviderFailure(`${who} ${why}`, late ? 504 : undefined)
  }
  try {
    return { status: answer.status, json: answer.text === '' ? {} : JSON.parse(answer.text) }
  } catch {
    // The page of a proxy, or half an answer.
    if (answer.status >= 400) return { status: answer.status, json: undefined }
    throw new ProviderFailure(`${who} answered with a body that is not JSON`)
  }
}

/** What a provider says is for a person to read: without controls, and not too long. */
function printable(text: string): string {
  return text.replace(/\p{C}+/gu, ' ').slice(0, MESSAGE_LENGTH)
}
