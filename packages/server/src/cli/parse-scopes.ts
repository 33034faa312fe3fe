import { scopes as known, type Scope } from '../tool.js'
import { UsageError } from './exit.js'

/** Scopes from the command line, with spaces or commas between them. */
export function parseScopes(text: string): Scope[] {
  const given = new Set(text.split(/[\s,]+/).filter(Boolean))
  const found = known.filter((scope) => given.has(scope))
  if (found.length === 0 || found.length < given.size) {
    throw new UsageError(`--scopes takes some of ${known.join(' ')}.`)
  }
  return found
}
