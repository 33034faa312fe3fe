// How the values of environment variables are read, for every server that uses the kit.

/**
 * The value of a variable without surrounding spaces, and without the quotes of a `.env` line, which
 * `docker run --env-file` passes on.
 *
 * @returns undefined for an empty value, which counts as absent
 */
export function variableValue(text: string | undefined): string | undefined {
  const value = text
    ?.trim()
    .replace(/^(['"`])(.*)\1$/s, '$2')
    .trim()
  return value === '' ? undefined : value
}

/** Whether two names of one variable agree. The slash at the end of a URL may differ. */
export function isSameValue(one: string, other: string): boolean {
  return one === other || (isHttp(one) && isHttp(other) && withoutSlash(one) === withoutSlash(other))
}

const isHttp = (value: string) => /^https?:\/\//i.test(value)
const withoutSlash = (url: string) => url.replace(/\/+$/, '')

/** Origins as browsers send them, or the first entry that is none, as it may be shown. */
export type OriginList =
  | { readonly origins: readonly string[] | '*'; readonly wrong?: never }
  | { readonly origins?: never; readonly wrong: string }

/** Reads a list of web origins, with commas between them. `*` alone is every origin. */
export function readOrigins(list: string): OriginList {
  const entries = list.split(',').flatMap((entry) => entry.trim() || [])
  if (entries.length === 1 && entries[0] === '*') return { origins: '*' }
  const wrong = entries.find((entry) => originOf(entry) === undefined)
  // What is before the @ may be a password.
  if (wrong !== undefined) return { wrong: wrong.replace(/^.*@/s, '…@') }
  return { origins: entries.flatMap((entry) => originOf(entry) ?? []) }
}

/** Whether a value is an origin as browsers send it; `null` is that of a page without one. */
export function isOrigin(value: unknown): boolean {
  return value === 'null' || (typeof value === 'string' && originOf(value) === value)
}

/** Scheme, host and port (RFC 6454 section 6.2). Extensions of browsers have schemes of their own. */
function originOf(entry: string): string | undefined {
  const url = URL.canParse(entry) ? new URL(entry) : undefined
  // A wildcard would never match: origins are compared as text.
  if (!url?.host || url.host.includes('*') || url.username || url.password) return undefined
  return /^\/?$/.test(url.pathname + url.search + url.hash) ? `${url.protocol}//${url.host}` : undefined
}
