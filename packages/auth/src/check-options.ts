import { isHost } from './hosts.js'
import { isObject } from './is-object.js'
import type { ProtectOptions } from './protect-options.js'
import type { RateLimitOptions } from './rate-limit.js'
import type { RevocationOptions } from './revocation.js'
import { isScope } from './scopes.js'

interface Form {
  readonly is: (value: unknown) => boolean
  /** Completes "scopes must be …". */
  readonly form: string
}

/** A form for every option, so that a new one without a form does not compile. */
type Forms<Options> = Readonly<Record<keyof Options, Form>>

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isListOf = (value: unknown, is: (each: unknown) => boolean) => Array.isArray(value) && value.every(is)
const isPoints = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0
const isAccess = (value: unknown) =>
  Array.isArray(value) || (isObject(value) && Array.isArray(Object(value).scopes))

const text: Form = { is: isText, form: 'a string' }
const list: Form = { is: (value) => isListOf(value, isText), form: 'a list of strings' }
const object: Form = { is: isObject, form: 'an object' }
const callback: Form = { is: (value) => typeof value === 'function', form: 'a function' }
const flag: Form = { is: (value) => typeof value === 'boolean', form: 'true or false' }
const points: Form = { is: isPoints, form: 'a whole number from 1' }

const OPTIONS: Forms<ProtectOptions> = {
  resource: { is: isText, form: 'the URL of this server, like https://mcp.acme.com/mcp' },
  issuers: list,
  scalekit: object,
  jwksUrl: text,
  authorizationServers: list,
  scopes: {
    is: (value) => isListOf(value, isScope),
    form: "a list of scope names without spaces, like ['user:read']",
  },
  scopesFor: callback,
  scopeAliases: object,
  tools: {
    is: (value) => isObject(value) && Object.values(Object(value)).every(isAccess),
    form: "a list of scopes for each tool, like { greet_user: ['user:read'] }",
  },
  profile: {
    is: (value) => value === 'strict' || value === 'scalekit-compat',
    form: 'strict or scalekit-compat',
  },
  organizationClaim: text,
  allowedOrigins: { is: (value) => value === '*' || list.is(value), form: "a list of origins, or '*'" },
  allowedHosts: {
    is: (value) => isListOf(value, (each) => isText(each) && isHost(each)),
    form: "a list of hosts without a scheme, like ['mcp.internal:3002']",
  },
  revocation: object,
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

const REVOCATION: Forms<RevocationOptions> = {
  introspectionUrl: text,
  clientId: text,
  // Not by its class: another copy of this package may have made it.
  clientSecret: { is: (value) => typeof Object(value).reveal === 'function', form: 'a Secret' },
  timeoutMs: points,
  store: object,
}

/**
 * Checks the form of every option of `protect`, for callers without TypeScript and for values from a configuration. What
 * is absent is `undefined`.
 *
 * @throws TypeError naming the option and its form, or an option that does not exist
 */
export function checkOptions(options: ProtectOptions): void {
  check('', options ?? {}, OPTIONS, ['resource', 'scopes'])
  check('scalekit.', options.scalekit, SCALEKIT, ['environmentUrl'])
  check('limits.', options.limits, LIMITS)
  check('revocation.', options.revocation, REVOCATION, ['introspectionUrl', 'clientId', 'clientSecret'])
}

function check<Options extends object>(
  prefix: string,
  options: Options | undefined,
  forms: Forms<Options>,
  required: readonly (keyof Options & string)[] = [],
): void {
  if (options === undefined) return
  const names = Object.keys(forms)
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new TypeError(`${prefix}${unknown} is not an option of protect. Use one of: ${names.join(', ')}`)
  }
  for (const [name, { is, form }] of Object.entries<Form>(forms)) {
    const value = options[name as keyof Options]
    const isMissing = value === undefined && required.some((each) => each === name)
    if (isMissing || (value !== undefined && !is(value)))
      throw new TypeError(`${prefix}${name} must be ${form}`)
  }
}
