import type { ClientCredentials } from './client-credentials.js'
import { isHost } from './hosts.js'
import { isObject } from './is-object.js'
import {
  audience,
  callback,
  checkForm,
  checkForms,
  type Forms,
  flag,
  isListOf,
  isText,
  list,
  object,
  points,
  profile,
  scopeAliases,
  scopes,
  secret,
  text,
} from './option-forms.js'
import type { ProtectOptions, ResolvableOptions } from './protect-options.js'
import type { RateLimitOptions } from './rate-limit.js'
import type { ToolAccess } from './tool-scopes.js'
import { isOrigin } from './variable-values.js'
import { CLAIMS, checkClaimNames, checkRevocation, REVOCATION } from './verifier-options.js'

const OPTIONS: Forms<ProtectOptions> = {
  resource: { is: isText, form: 'the URL of this server, like https://mcp.acme.com/mcp' },
  issuers: list,
  scalekit: object,
  jwksUrl: text,
  authorizationServers: list,
  scopes,
  scopesFor: callback,
  scopeAliases,
  tools: { is: object.is, form: "a list of scopes for each tool, like { greet_user: ['user:read'] }" },
  publicTools: list,
  profile,
  claims: object,
  audience,
  allowedOrigins: {
    is: (value) => value === '*' || isListOf(value, isOrigin),
    form: "a list of origins without a path, like ['https://app.acme.com'], or '*'",
  },
  allowedHosts: {
    is: (value) => isListOf(value, (each) => isText(each) && isHost(each)) && Object(value).length > 0,
    form: "a list of hosts without a scheme, like ['mcp.internal:3002']",
  },
  revocation: object,
  exchange: object,
  limits: object,
  name: text,
  metadata: object,
  sessions: flag,
  responses: flag,
  addressOf: callback,
  onWarning: callback,
  now: callback,
  onRefused: callback,
}

const SCALEKIT: Forms<NonNullable<ProtectOptions['scalekit']>> = {
  environmentUrl: { is: isText, form: 'the URL of your environment, like https://acme.scalekit.com' },
  resourceId: {
    is: (value) => typeof value === 'string' && /^res_[\w-]+$/.test(value),
    form: 'the id of this server in Scalekit, like res_123',
  },
}

const LIMITS: Forms<RateLimitOptions> = {
  perMinute: points,
  failuresPerMinute: points,
  createLimiter: callback,
}

const EXCHANGE: Forms<ClientCredentials> = { clientId: text, clientSecret: secret }

const TOOL: Forms<ToolAccess> = { scopes, readOnly: flag }

const GROUPS = {
  scalekit: SCALEKIT,
  limits: LIMITS,
  revocation: REVOCATION,
  claims: CLAIMS,
  exchange: EXCHANGE,
}
const NESTED = Object.entries(GROUPS).flatMap(([group, forms]) =>
  Object.keys(forms).map((name) => `${group}.${name}`),
)

/**
 * Checks the form of every option of `mcpAuth`, for callers without TypeScript and for values from a configuration.
 *
 * @throws TypeError with the option, the form that it must have, and what it is; or an option that does not exist, and the nearest one
 */
export function checkOptions(options: ResolvableOptions): void {
  const given: unknown = options
  if (!isObject(given)) throw new TypeError('Give options: mcpAuth({ resource, scalekit, scopes, tools })')
  checkForms(given, OPTIONS, { required: ['resource', 'scopes'], elsewhere: NESTED })
  checkForms(options.scalekit, SCALEKIT, { prefix: 'scalekit.', required: ['environmentUrl'] })
  checkClaimNames(options.claims)
  checkForms(options.limits, LIMITS, { prefix: 'limits.' })
  checkForms(options.exchange, EXCHANGE, { prefix: 'exchange.', required: ['clientId', 'clientSecret'] })
  checkRevocation(options.revocation)
  for (const [name, access] of Object.entries<unknown>(options.tools ?? {})) {
    if (isObject(access)) checkForms(access, TOOL, { prefix: `tools.${name}.`, required: ['scopes'] })
    else checkForm(`tools.${name}`, access, scopes)
  }
}

/** The same for the scopes that a guard is given. */
export function checkGuardScopes(given: readonly unknown[]): void {
  const form = "scope names without spaces, like guard('user:read', 'user:write')"
  checkForm('The scopes of a guard', given, { ...scopes, form })
}
