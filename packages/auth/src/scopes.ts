/** Other names of a scope, as the authorization server may write them: `{ 'org:read': 'organization:read' }`. */
export type ScopeAliases = Readonly<Record<string, string>>

/** RFC 6749 section 3.3: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )` */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** Whether a string is one scope, fit for a challenge and for metadata. */
export function isScope(value: unknown): value is string {
  return typeof value === 'string' && SCOPE_TOKEN.test(value)
}

/** A claim with scopes: a list, a string with spaces (RFC 9068 section 2.2.3), or either. Another form grants nothing. */
export interface ScopeClaim {
  readonly name: string
  readonly form: 'string' | 'list' | 'any'
}

/** `scope` of RFC 9068, and Scalekit's `scopes`. */
export const SCALEKIT_SCOPES: readonly ScopeClaim[] = [
  { name: 'scope', form: 'string' },
  { name: 'scopes', form: 'list' },
]

/**
 * The scopes of a token, as the authorization server writes them. Of several claims, what all of them grant: a claim that
 * is missing does not count, one of another form grants nothing. Names are compared exactly, after aliases are resolved.
 */
export function writtenScopes(
  claims: Readonly<Record<string, unknown>>,
  from: readonly ScopeClaim[] = SCALEKIT_SCOPES,
  aliases: ScopeAliases = {},
): string[] {
  const present = from.filter(({ name }) => Object.hasOwn(claims, name) && claims[name] !== undefined)
  const [first = [], ...others] = present.map(({ name, form }) => namesIn(claims[name], form))
  const granted = others.map((names) => new Set(names.map((name) => resolveScope(name, aliases))))
  return first.filter((name) => granted.every((names) => names.has(resolveScope(name, aliases))))
}

function namesIn(value: unknown, form: ScopeClaim['form']): string[] {
  if (typeof value === 'string') return form === 'list' ? [] : value.split(' ').filter(isScope)
  return Array.isArray(value) && form !== 'string' ? value.filter(isScope) : []
}

/** The one name under which a scope is compared. */
export function resolveScope(name: string, aliases: ScopeAliases = {}): string {
  return Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name
}

/** The scopes of `needed` that are not granted. No scope implies another. */
export function missingScopes(
  granted: ReadonlySet<string>,
  needed: readonly string[],
  aliases: ScopeAliases = {},
): string[] {
  return needed.filter((name) => !granted.has(resolveScope(name, aliases)))
}
