/** The hosted service's short names and ours: the same scopes. */
const short: Readonly<Record<string, string>> = { workspace: 'wks', environment: 'env', organization: 'org' }

/** `wks:read` → `workspace:read`, and so on: how a token's scopes are read. */
export const scopeAliases: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(short).flatMap(([long, abbreviation]) =>
    ['read', 'write'].map((right) => [`${abbreviation}:${right}`, `${long}:${right}`]),
  ),
)

/** How challenges and metadata write scopes, by `SCOPE_NAMES`. */
export function writeScopes(scopes: readonly string[], names: 'long' | 'short'): string[] {
  if (names === 'long') return [...scopes]
  return scopes.map((scope) => {
    const [resource = '', right = ''] = scope.split(':')
    return short[resource] ? `${short[resource]}:${right}` : scope
  })
}
