import { isObject } from './is-object.js'
import { nearestName } from './nearest-name.js'
import { isScope } from './scopes.js'
import { PROFILE_NAMES, TOKEN_PROFILES } from './token-profiles.js'

/** The form of an option. */
export interface Form {
  readonly is: (value: unknown) => boolean
  /** Completes "scopes must be …". */
  readonly form: string
  /** The value never reaches the error. */
  readonly secret?: true
}

/** A form for every option, so that a new one without a form does not compile. */
export type Forms<Options> = Readonly<Record<keyof Options, Form>>

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
export const isListOf = (value: unknown, is: (each: unknown) => boolean) =>
  Array.isArray(value) && value.every(is)
const isPoints = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0
/** The entries of a `Map` are no members: as an object it would be empty. */
const isRecord = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && !(Symbol.iterator in value)
const isAliases = (value: unknown) =>
  isRecord(value) && [...Object.keys(value), ...Object.values(value)].every(isScope)

/** Whether a value has methods. Not by its class: another copy of this package may have made it. */
export const hasMethods = (value: unknown, ...methods: string[]) =>
  methods.every((name) => typeof Object(value)[name] === 'function')

export const text: Form = { is: isText, form: 'a string' }
export const list: Form = { is: (value) => isListOf(value, isText), form: 'a list of strings' }
export const object: Form = { is: isRecord, form: 'an object' }
export const callback: Form = { is: (value) => typeof value === 'function', form: 'a function' }
export const flag: Form = { is: (value) => typeof value === 'boolean', form: 'true or false' }
export const points: Form = { is: isPoints, form: 'a whole number from 1' }
/** A timer of more milliseconds ends at once. */
const MAX_TIMER_MS = 2 ** 31 - 1
export const milliseconds: Form = {
  is: (value) => isPoints(value) && Number(value) <= MAX_TIMER_MS,
  form: `a whole number from 1 to ${MAX_TIMER_MS}`,
}
export const scopes: Form = {
  is: (value) => isListOf(value, isScope),
  form: "a list of scope names without spaces, like ['user:read']",
}
export const scopeAliases: Form = {
  is: isAliases,
  form: "an object of scope names, like { 'org:read': 'organization:read' }",
}
export const profile: Form = {
  is: (value) => TOKEN_PROFILES.some((name) => name === value),
  form: PROFILE_NAMES,
}
export const audience: Form = {
  is: (value) => isText(value) || (list.is(value) && Object(value).length > 0),
  form: 'a string or a list of strings',
}
export const secret: Form = {
  is: (value) => isText(value) || hasMethods(value, 'reveal'),
  form: 'a string or a Secret',
  secret: true,
}

export interface Checked {
  /** Of the names of these options, like `limits.` */
  readonly prefix?: string
  readonly required?: readonly string[]
  /** Options of another group, as `group.name`, that somebody may have written here. */
  readonly elsewhere?: readonly string[]
}

/**
 * Checks options by their forms. What is absent is `undefined`.
 *
 * @throws TypeError with the option, the form that it must have, and what it is; or an option that does not exist, and the nearest one
 */
export function checkForms(
  options: object | undefined,
  forms: Readonly<Record<string, Form>>,
  { prefix = '', required = [], elsewhere = [] }: Checked = {},
): void {
  if (options === undefined) return
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(forms, name))
  if (unknown !== undefined)
    throw new TypeError(unknownOption(unknown, Object.keys(forms), prefix, elsewhere))
  const values = options as Readonly<Record<string, unknown>>
  for (const [name, form] of Object.entries(forms)) {
    if (values[name] !== undefined || required.includes(name)) checkForm(prefix + name, values[name], form)
  }
}

/** @throws TypeError as `checkForms` */
export function checkForm(name: string, value: unknown, { is, form, secret }: Form): void {
  if (is(value)) return
  const found = value === undefined ? 'It is missing' : `It is ${secret ? kindOf(value) : shown(value)}`
  throw new TypeError(`${name} must be ${form}. ${found}.`)
}

function unknownOption(
  name: string,
  names: readonly string[],
  prefix: string,
  elsewhere: readonly string[],
): string {
  const nearest = nearestName(name, names)
  const meant = elsewhere.find((path) => path.endsWith(`.${name}`)) ?? (nearest && prefix + nearest)
  return `${prefix}${name} is not an option. Use ${meant ?? `one of: ${names.join(', ')}`}.`
}

const MAX_SHOWN = 80

/** A value as its author wrote it, where it is short and no object. */
function shown(value: unknown): string {
  // JSON has no NaN.
  if (typeof value === 'number') return String(value)
  const isPlain = (each: unknown) => ['string', 'number', 'boolean'].includes(typeof each) || each === null
  const json =
    value !== '' && (isPlain(value) || isListOf(value, isPlain)) ? JSON.stringify(value) : undefined
  return json === undefined || json.length > MAX_SHOWN ? kindOf(value) : json
}

function kindOf(value: unknown): string {
  if (value === '') return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
