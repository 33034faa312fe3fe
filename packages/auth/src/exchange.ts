import { sha256 } from '#platform'
import type { Caller } from './caller.js'
import { type CallSource, callerIfAny } from './caller-of.js'
import { type ClientCredentials, createFormHeaders, type FormHeaders } from './client-credentials.js'
import { AuthError, invalidToken } from './errors.js'
import { createExpiringCache, type Expiring } from './expiring-cache.js'
import { fetchAnswer } from './fetch-json.js'
import { isObject } from './is-object.js'
import { discoverEndpoint } from './issuer-metadata.js'
import { checkForms, type Forms, scopes as scopeNames, text } from './option-forms.js'
import { Secret } from './secret.js'
import { secureUrl } from './secure-url.js'

/** Where a tool calls on behalf of the user. */
export interface ExchangeTarget {
  /** The resource that is called, as its tokens name it: for an MCP server, its URL. */
  readonly audience: string
  /** What the call needs there. Empty: what the authorization server gives without being asked. */
  readonly scopes: readonly string[]
}

export interface TokenExchange {
  /**
   * A token of the same user for another resource, from the issuer of the caller's token (RFC 8693). It is kept until shortly
   * before it expires.
   *
   * @param source as for `callerOf`
   * @throws AuthError `missing_token` for a call without a caller, `exchange_refused` when this server may not do that,
   * `invalid_token` when the caller's token is no longer accepted, `temporarily_unavailable` when the issuer does not answer
   * @throws Error without the option `exchange`, and for a caller who was verified for another resource
   */
  onBehalfOf(source: CallSource, target: ExchangeTarget): Promise<Secret>
}

export interface ExchangeSettings {
  /** Undefined: no exchange. */
  readonly credentials: ClientCredentials | undefined
  readonly issuers: readonly string[]
  /** Default: the metadata of the issuer says. */
  readonly tokenEndpoint: string | undefined
  readonly now: (() => number) | undefined
}

export interface ExchangeOptions extends ExchangeSettings {
  /** @throws Error where the token was verified for another resource */
  readonly callerHere: (source: CallSource) => Caller
}

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
/** RFC 8693 section 3: an access token may also be named by its form. */
const ISSUED: readonly unknown[] = [ACCESS_TOKEN, 'urn:ietf:params:oauth:token-type:jwt', undefined]
/** RFC 8693 section 2.2.2 says `invalid_request` of a subject token that is not accepted; issuers also say these. */
const REFUSED_SUBJECT: readonly unknown[] = ['invalid_request', 'invalid_grant', 'invalid_token']
const TOKEN = /^[\x21-\x7e]{1,16384}$/

const EARLY_MS = 10_000
const ATTEMPT_MS = 5_000
const ENDPOINT_MS = 5 * 60_000
const MAX_TOKENS = 1_000

/** Exchanges the tokens of callers, at the token endpoint of their issuer and nowhere else. */
export function createTokenExchange(options: ExchangeOptions): TokenExchange {
  const { credentials, issuers, callerHere, now = Date.now } = options
  const formHeaders = credentials && createFormHeaders(credentials)
  const fixed = options.tokenEndpoint && secureUrl(options.tokenEndpoint, 'The token endpoint')
  const tokens = createExpiringCache<Secret>(MAX_TOKENS, now)
  const endpoints = createExpiringCache<URL>(issuers.length, Date.now)

  async function endpointOf(issuer: string, signal: AbortSignal): Promise<URL> {
    if (fixed) return fixed
    return endpoints.get(issuer, async () => ({
      value: await discoverEndpoint(issuer, 'token_endpoint', signal),
      expiresAt: Date.now() + ENDPOINT_MS,
    }))
  }

  async function request(
    { issuer, token }: Caller,
    { audience, scopes }: ExchangeTarget,
    headers: FormHeaders,
  ): Promise<Expiring<Secret>> {
    const signal = AbortSignal.timeout(ATTEMPT_MS)
    const asked = now()
    const form = {
      grant_type: GRANT,
      subject_token: token.reveal(),
      subject_token_type: ACCESS_TOKEN,
      requested_token_type: ACCESS_TOKEN,
      audience,
      ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    }
    const init = { method: 'POST', headers: headers(), signal }
    const answer = await endpointOf(issuer, signal)
      .then((url) => fetchAnswer(url, { ...init, body: new URLSearchParams(form).toString() }))
      .catch((cause: unknown) => {
        throw unavailable(cause)
      })
    return tokenIn(answer, asked)
  }

  return {
    async onBehalfOf(source, target) {
      if (!formHeaders)
        throw new Error('Set exchange, with clientId and clientSecret, in the options of mcpAuth')
      if (!callerIfAny(source)) {
        throw new AuthError('missing_token', 'This call brought no verified access token.', {
          detail: 'nobody_to_act_for',
        })
      }
      checkTarget(target)
      // The token of another protection's caller would go to an issuer that did not issue it.
      const caller = callerHere(source)
      const digest = sha256(caller.token.reveal())
      const key = JSON.stringify([digest, target.audience, [...target.scopes].sort()])
      return tokens.get(key, () => request(caller, target, formHeaders))
    },
  }
}

const TARGET: Forms<ExchangeTarget> = { audience: text, scopes: scopeNames }

/** For callers without TypeScript: `URLSearchParams` would ask for the audience "undefined". */
function checkTarget(target: ExchangeTarget): void {
  const given: unknown = target
  if (!isObject(given)) throw new TypeError('Give a target: onBehalfOf(ctx, { audience, scopes })')
  checkForms(given, TARGET, { prefix: 'target.', required: ['audience', 'scopes'] })
}

/** RFC 8693 section 2.2. Without `expires_in` a token is used once. */
function tokenIn({ status, body }: { status: number; body: unknown }, asked: number): Expiring<Secret> {
  const { error, access_token, token_type, issued_token_type, expires_in = 0 } = Object(body)
  if (status === 429 || status >= 500) throw unavailable(new Error(`The token endpoint answered ${status}`))
  if (status !== 200) throw refusalFor(error)
  const isUsable =
    typeof access_token === 'string' &&
    TOKEN.test(access_token) &&
    /^bearer$/i.test(String(token_type)) &&
    ISSUED.includes(issued_token_type) &&
    Number.isFinite(Number(expires_in))
  if (!isUsable) throw unavailable(new Error('The token endpoint answered without a bearer token'))
  return { value: new Secret(access_token), expiresAt: asked + Number(expires_in) * 1000 - EARLY_MS }
}

function refusalFor(error: unknown): AuthError {
  const code = typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : 'unknown'
  if (REFUSED_SUBJECT.includes(code)) return invalidToken(`exchange_${code}`)
  return new AuthError(
    'exchange_refused',
    'This server may not call the other service for you. Ask its operator to allow it at the authorization server.',
    { detail: code },
  )
}

function unavailable(cause: unknown): AuthError {
  return new AuthError(
    'temporarily_unavailable',
    'The authorization server cannot be reached for a token. Try again in a few seconds.',
    { detail: 'exchange', cause, retryAfter: 5 },
  )
}
