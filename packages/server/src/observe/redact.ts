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
const credential = new RegExp(credentials.map(({ source }) => source).join('|'), 'g')

/** What a credential begins with. Most texts hold none of it. */
const beginning = /eyJ|earer|asic|test_|live_|sks_|whsec|gh[opsur]_|github_pat|xox|AKIA/

const printable = /^[\x20-\x7e]*$/

/** Removes what is invisible or looks like a credential from every string of a JSON value, keys of objects included. */
export function redact<Value>(value: Value): Value {
  return clean(value) as Value
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (value === null || typeof value !== 'object') return value
  return Array.isArray(value) ? cleanItems(value) : cleanMembers(value)
}

/** The same array where nothing in it changes, as nearly always; so with objects. */
function cleanItems(items: readonly unknown[]): readonly unknown[] {
  const cleaned = items.map(clean)
  return cleaned.every((each, index) => each === items[index]) ? items : cleaned
}

function cleanMembers(value: object): object {
  const members = Object.entries(value)
  let changes = false
  for (const member of members) {
    const [key, inner] = member
    member[0] = cleanText(key)
    member[1] = clean(inner)
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

function cleanText(text: string): string {
  if (printable.test(text) && !beginning.test(text)) return text
  return withoutInvisible(text).replace(credential, '[redacted]')
}
