import { isUtf8 } from 'node:buffer'
import { hideInPath } from './hide-in-path.js'
import type { KeptBody } from './kept-body.js'

const HIDDEN = '[hidden]'
/** Names whose values open something, compared without case, `_` and `-`. */
const SECRET =
  /secret|password|assertion|codeverifier|cookie|apikey|privatekey|token$|link$|^(authorization|code|otp)$/
/** They end as secrets do, and are none. */
const NO_SECRET = /^((next|prev)?pagetoken|previouspagetoken)$/
/** The code of an error, or a number, and not one that signs in. */
const PLAIN_CODE = /^[a-z_-]+$/i
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g

/** What a body is, as text: secrets are hidden. */
export interface ShownBody {
  readonly text: string
  /** In words: `JSON`, `ListOrganizationsRequest`. */
  readonly form: string
}

/** A message of the API, or that there is none in these bytes. */
export interface DecodedMessage {
  readonly name: string
  /** Its JSON. */
  readonly json: unknown
}

/**
 * A body as a person reads it: JSON with its members on lines, a form with its fields, a message of the API as JSON. What opens
 * something is hidden, by name and by form.
 *
 * @param message what the bytes are, where they are a message over gRPC or Connect
 * @returns undefined where there is none
 */
export function showBody(
  { bytes, isWhole }: KeptBody,
  contentType: string,
  message: DecodedMessage | undefined,
): ShownBody | undefined {
  if (bytes.length === 0) return undefined
  if (message) return { form: message.name, text: JSON.stringify(withoutSecrets(message.json), null, 2) }
  if (!isWhole)
    return { form: 'Text', text: `The body is too long to be shown: more than ${bytes.length} bytes.` }
  const text = bytes.toString('utf8')
  if (contentType.startsWith('application/x-www-form-urlencoded'))
    return { form: 'Form', text: showForm(text) }
  const json = parsed(text)
  if (json !== undefined) return { form: 'JSON', text: JSON.stringify(withoutSecrets(json), null, 2) }
  if (bytes.includes(0) || !isUtf8(bytes)) return { form: 'Bytes', text: `${bytes.length} bytes` }
  // A page may hold anything that its reader may see: links, codes, tokens of forms.
  if (contentType.startsWith('text/html')) return { form: 'HTML', text: `A page of ${bytes.length} bytes` }
  return { form: 'Text', text: hideIn(text) }
}

/** A URL's path and query, with the values of its query hidden that open something. */
export function showUrl(url: string): string {
  const [path = '', query] = url.split(/\?(.*)/s, 2)
  return query === undefined ? path : `${path}?${showForm(query).replaceAll('\n', '&')}`
}

/** Header fields, without credentials. */
export function showHeaders(headers: Readonly<Record<string, unknown>>): string {
  return Object.entries(headers)
    .filter(([name, value]) => value !== undefined && !name.startsWith(':'))
    .map(
      ([name, value]) =>
        `${name}: ${isSecret(name, '') ? HIDDEN : [value].flat().map(showHeader).join(', ')}`,
    )
    .join('\n')
}

const showHeader = (value: unknown) => {
  const text = hideIn(String(value))
  return /^[^ ?]*\?[^ ]*$/.test(text) ? showUrl(text) : text
}

function showForm(text: string): string {
  return [...new URLSearchParams(text)]
    .map(([name, value]) => `${name}=${isSecret(name, value) ? HIDDEN : hideIn(value)}`)
    .join('\n')
}

function isSecret(name: string, value: unknown): boolean {
  const plain = name.toLowerCase().replace(/[_-]/g, '')
  if (plain === 'code') return typeof value === 'string' && !PLAIN_CODE.test(value)
  // `include_auth_link` is a choice.
  return SECRET.test(plain) && !NO_SECRET.test(plain) && typeof value !== 'boolean'
}

function hideIn(text: string): string {
  return hideInPath(text.replace(JWT, HIDDEN))
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return hideIn(value)
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecret(name, inner) && typeof inner !== 'object' ? HIDDEN : withoutSecrets(inner),
    ]),
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
