/** Other names of a scope, as the authorization server may write them: `{ 'org:read': 'organization:read' }`. */
export type ScopeAliases = Readonly<Record<string, string>>

/** RFC 6749 section 3.3: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )` */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** Whether a string is one scope, fit for a challenge and for metadata. */
export function isScope(value: unknown): value is string {
  return typeof value === 'string' && SCOPE_TOKEN.test(value)
}

/**
 * The scopes of a token. `scope` is a space-delimited string (RFC 9068 section 2.2.3), `scopes` Scalekit's
 * array; where both are present only what both grant counts. A claim of another form grants nothing.
 * Names are compared exactly, after aliases are resolved.
 */
export function scopesOfClaims(
  claims: Readonly<Record<string, unknown>>,
  aliases: ScopeAliases = {},
): ReadonlySet<string> {
  const resolve = (names: readonly unknown[]) =>
    new Set(names.filter(isScope).map((n) => resolveScope(n, aliases)))
  const { scope, scopes } = claims
  const fromString = resolve(typeof scope === 'string' ? scope.split(' ') : [])
  const fromArray = resolve(Array.isArray(scopes) ? scopes : [])
  if (scopes === undefined) return fromString
  if (scope === undefined) return fromArray
  return new Set([...fromString].filter((name) => fromArray.has(name)))
}

/** How the authorization server writes those scopes of a token that are granted: what a client can ask it for again. */
export function writtenScopes(
  claims: Readonly<Record<string, unknown>>,
  granted: ReadonlySet<string>,
  aliases: ScopeAliases = {},
): string[] {
  const { scope, scopes } = claims
  const names: unknown[] = typeof scope === 'string' ? scope.split(' ') : [scopes].flat()
  return names.filter(isScope).filter((name) => granted.has(resolveScope(name, aliases)))
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
