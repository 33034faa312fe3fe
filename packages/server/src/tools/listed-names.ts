import type { ToolContext } from '../tool.js'

/** How many names an error lists. */
const MAX_NAMES = 20

const isName = (name: string) => /^[a-zA-Z0-9_:]{1,64}$/.test(name)

/** Names of roles or permissions for an error, `a, b, …`. Empty for callers who may not read them with the tool that lists them. */
export function listedNames(names: readonly string[], { caller }: ToolContext): string {
  const listed = caller.scopes.has('environment:read') ? names.filter(isName).slice(0, MAX_NAMES) : []
  const more = listed.length > 0 && listed.length < names.length ? ['…'] : []
  return [...listed, ...more].join(', ')
}
