import type { Secret } from '@scalekit-mcp/auth'
import { withoutInvisible } from './invisible.js'

/**
 * Credentials by their form. A random value of that length has a digit, which tells it from a name. Each alternative is tried
 * once in each run of its characters, so that the time stays linear in the text (third parties write it).
 */
const credentials = [
  // A JWT.
  /(?<![\w-])(?=([\w-]*))(?=[\w-]*?\beyJ[\w-]{5})\1\.[\w-]{5,}\.[\w-]*/,
  // RFC 6750 section 2.1, RFC 7617 section 2.
  /\b(?:[Bb]earer|[Bb]asic)\s+(?=[A-Za-z._~+/-]*\d)[\w.~+/-]{16,}=*/,
  // Client secrets of Scalekit.
  /\b(?:test|live|sks)_(?=[A-Za-z]*\d)[A-Za-z0-9]{24,}\b/,
  // Stripe, GitHub, Slack and AWS; secrets of webhooks.
  /\b(?:[rs]k_(?:live|test)_|whsec_|gh[opsur]_|github_pat_|xox[abeoprs]-)(?=[A-Za-z_+/-]*\d)[\w+/-]{16,}=*/,
  /\bAKIA[A-Z0-9]{16}\b/,
]

/** What a credential begins with. Most texts hold none of it. */
const beginning = /eyJ|earer|asic|test_|live_|sks_|whsec|gh[opsur]_|github_pat|xox|AKIA/

const printable = /^[\x20-\x7e]*$/

/** A shorter value can be a word of a customer's data. */
const SHORTEST_SECRET = 12

/** Removes what is invisible or a credential from every string of a JSON value, keys of objects included. */
export type Redact = <Value>(value: Value) => Value

/** @param own secrets of this server, which have no form of their own */
export function createRedact(own: readonly Secret[] = []): Redact {
  const values = own.map((secret) => secret.reveal()).filter(({ length }) => length >= SHORTEST_SECRET)
  const literals = values.map((value) => value.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  const credential = new RegExp([...literals, ...credentials.map(({ source }) => source)].join('|'), 'g')
  const hint = new RegExp([...literals, beginning.source].join('|'))
  const cleanText = (text: string) =>
    printable.test(text) && !hint.test(text) ? text : withoutInvisible(text).replace(credential, '[redacted]')
  return <Value>(value: Value) => clean(value, cleanText) as Value
}

/** Without secrets of a server: by form only. */
export const redact = createRedact()

type CleanText = (text: string) => string

function clean(value: unknown, cleanText: CleanText): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (value === null || typeof value !== 'object') return value
  return Array.isArray(value) ? cleanItems(value, cleanText) : cleanMembers(value, cleanText)
}

/** The same array where nothing in it changes, as nearly always; so with objects. */
function cleanItems(items: readonly unknown[], cleanText: CleanText): readonly unknown[] {
  const cleaned = items.map((item) => clean(item, cleanText))
  return cleaned.every((each, index) => each === items[index]) ? items : cleaned
}

function cleanMembers(value: object, cleanText: CleanText): object {
  const members = Object.entries(value)
  let changes = false
  for (const member of members) {
    const [key, inner] = member
    member[0] = cleanText(key)
    member[1] = clean(inner, cleanText)
    changes ||= member[0] !== key || member[1] !== inner
  }
  return changes ? Object.fromEntries(distinct(members)) : value
}

/** Two keys that look the same after cleaning are numbered, so that neither replaces the other. */
function distinct(members: readonly [string, unknown][]): [string, unknown][] {
  const seen = new Map<string, number>()
  return members.map(([key, value]) => {
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return [count === 1 ? key : `${key} (${count})`, value]
  })
}
