import type { Json } from '../domain/directories/json.js'
import { ScimError } from './scim-error.js'

const COMPARISONS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const
export type Comparison = (typeof COMPARISONS)[number]

/** A filter (RFC 7644, section 3.4.2.2). Paths are as they were written. */
export type Filter =
  | { readonly op: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter }
  | { readonly op: 'pr'; readonly path: string }
  | { readonly op: Comparison; readonly path: string; readonly value: Json }
  /** Some member of a list meets all of a filter. */
  | { readonly op: 'some'; readonly path: string; readonly filter: Filter }

/** A string, a bracket, or a word: an attribute, an operator, a number, `true`, `false`, `null`. */
const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[()[\]]|[^\s()[\]"]+)\s*/y

const DEEPEST = 32

/**
 * Reads a filter. `scimType` says what a refusal is about: a filter of a list, or one in a path.
 * @throws {ScimError} 400
 */
export function parseFilter(text: string, scimType: 'invalidFilter' | 'invalidPath'): Filter {
  const tokens = tokensOf(text)
  let depth = 0
  const filter = disjunction()
  return tokens.length === 0 ? filter : refuse()

  function disjunction(): Filter {
    depth += 1
    if (depth > DEEPEST) refuse()
    const filters = separated('or', () => separated('and', term))
    depth -= 1
    return filters
  }

  function separated(op: 'and' | 'or', part: () => Filter): Filter {
    const first = part()
    const filters = [first]
    while (next(op)) filters.push(part())
    return filters.length === 1 ? first : { op, filters }
  }

  function term(): Filter {
    if (next('(')) return closed(')')
    const path = tokens.shift() ?? refuse()
    if (path.toLowerCase() === 'not' && next('(')) return { op: 'not', filter: closed(')') }
    if (!/^[a-z$]/i.test(path)) refuse()
    if (!next('[')) return comparison(path)
    const filter = closed(']')
    // Some clients compare what a value path finds: emails[type eq "work"].value eq "…"
    if (!tokens[0]?.startsWith('.')) return { op: 'some', path, filter }
    const sub = comparison((tokens.shift() ?? refuse()).slice(1))
    return { op: 'some', path, filter: { op: 'and', filters: [filter, sub] } }
  }

  function closed(bracket: ')' | ']'): Filter {
    const filter = disjunction()
    return next(bracket) ? filter : refuse()
  }

  function comparison(path: string): Filter {
    if (next('pr')) return { op: 'pr', path }
    const op = COMPARISONS.find(next) ?? refuse()
    return { op, path, value: literal(tokens.shift()) }
  }

  function literal(token: string | undefined): Json {
    const word = token?.startsWith('"') ? token : (token?.toLowerCase() ?? '')
    try {
      return JSON.parse(word)
    } catch {
      return refuse()
    }
  }

  /** Whether the next token is this one, which is then read. */
  function next(token: string): boolean {
    const found = tokens[0]?.toLowerCase() === token
    if (found) tokens.shift()
    return found
  }

  function tokensOf(source: string): string[] {
    const found: string[] = []
    const token = new RegExp(TOKEN)
    while (token.lastIndex < source.length) {
      const [, own] = token.exec(source) ?? refuse()
      found.push(own ?? '')
    }
    return found
  }

  function refuse(): never {
    throw new ScimError(
      400,
      'The filter cannot be read. Write it as attribute eq "value", with and, or, not and parentheses.',
      scimType,
    )
  }
}
