import { loggedPath } from './logged-path.js'

const URL_PARTS = /^(https?:\/\/)([\w.:[\]-]{1,200})(\/[\w.~%:@/+-]*)?$/
const ID = /^[\w.:-]{1,60}$/
const MAX_VALUES = 3

/**
 * For the log: the audience or issuer of a token next to what this server accepts. They name servers and are no secrets; what looks
 * like a credential is left out, because whoever sends a token chooses what is in it.
 */
export function mismatchOf(
  claim: 'audience' | 'issuer',
  value: unknown,
  accepted: readonly string[],
): string {
  const values = [value].flat()
  const found = values.slice(0, MAX_VALUES).map(shown).join(', ')
  return `The ${claim} of the token is ${found || 'missing'}, and this server accepts ${accepted.join(', ')}.`
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value !== 'string') return 'no string'
  const [, scheme, host, path] = URL_PARTS.exec(value) ?? []
  if (scheme && host) return scheme + plain(host) + (path ? loggedPath(path) : '')
  return ID.test(value) ? plain(value) : 'neither a URL nor an id'
}

const plain = (value: string) => loggedPath(`/${value}`).slice(1)
