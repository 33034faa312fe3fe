/** A value that cannot stand in a path. The message names the field, never the value. */
export class PathValueError extends Error {
  override readonly name = 'PathValueError'
  constructor(
    readonly field: string,
    reason: string,
  ) {
    super(`${field} ${reason}`)
  }
}

/** A parsed path template of `google.api.http`. */
export interface PathTemplate {
  readonly source: string
  /** The names of the fields in the path, in order. */
  readonly fields: readonly string[]
  /** Greater for a template that says more: `/users/me` before `/users/{id}`, `…/{id}:enable` before `…/{id}`. */
  readonly specificity: string
  /**
   * The path with the values of its fields, each percent-encoded within its own segment.
   * @throws {PathValueError} for a value that is missing, empty, a dot segment or not well-formed Unicode.
   */
  expand(value: (field: string) => string | undefined): string
  /** The decoded values of a raw (still encoded) path, or undefined when it is another path. */
  match(path: string): ReadonlyMap<string, string> | undefined
}

type Part = { readonly kind: 'literal'; readonly text: string } | Variable

interface Variable {
  readonly kind: 'variable'
  readonly field: string
  readonly pattern: string
  /** What the encoded value has to look like. */
  readonly form: RegExp
}

/**
 * Parses `/api/v1/users/{id}:verb`, `{name=**}`, `{name=users/*}`, `*` and `**`.
 * Source: the path template syntax in google/api/http.proto.
 */
export function parsePathTemplate(source: string): PathTemplate {
  const parts = partsOf(source)
  const matcher = new RegExp(`^${parts.map(partRegExp).join('')}$`)
  const fields = parts.flatMap((part) => (part.kind === 'variable' ? [part.field] : []))
  return {
    source,
    fields,
    specificity: specificityOf(parts),
    expand: (value) =>
      parts.map((part) => (part.kind === 'literal' ? part.text : encode(part, value(part.field)))).join(''),
    match(path) {
      const found = matcher.exec(path)
      if (!found) return undefined
      const decoded = found.slice(1).map(decode)
      if (!decoded.every((value) => value !== undefined)) return undefined
      return new Map(fields.map((field, index) => [field, decoded[index] ?? '']))
    },
  }
}

function partsOf(source: string): Part[] {
  return source.split(/(\{[^}]+\})/).flatMap((text): Part[] => {
    if (text === '') return []
    const variable = /^\{([^=}]+)(?:=([^}]+))?\}$/.exec(text)
    if (!variable) return [{ kind: 'literal', text }]
    const [, field = '', pattern = '*'] = variable
    return [{ kind: 'variable', field, pattern, form: new RegExp(`^${wildcards(pattern)}$`) }]
  })
}

function partRegExp(part: Part): string {
  if (part.kind === 'variable') return `(${wildcards(part.pattern)})`
  return wildcards(part.text)
}

function wildcards(pattern: string): string {
  return pattern
    .split(/(\*\*|\*)/)
    .map((text) => {
      if (text === '**') return '.*'
      if (text === '*') return '[^/]+'
      return text.replace(/[.+?^$()|[\]\\]/g, '\\$&')
    })
    .join('')
}

/** Sorts as text: a literal character is greater than a variable, wherever the first difference is. */
function specificityOf(parts: readonly Part[]): string {
  return parts
    .map((part) => (part.kind === 'literal' ? part.text.replace(/[^/*]/g, 'l') : part.pattern))
    .join('')
    .replace(/\*\*/g, '!')
    .replace(/\*/g, '"')
}

function encode(variable: Variable, value: string | undefined): string {
  if (value === undefined || value === '') throw new PathValueError(variable.field, 'is required')
  const segments = variable.pattern === '*' ? [value] : value.split('/')
  const encoded = segments.map((segment) => encodeSegment(variable.field, segment)).join('/')
  if (!variable.form.test(encoded)) {
    throw new PathValueError(variable.field, `must have the form ${variable.pattern}`)
  }
  return encoded
}

/** RFC 3986 section 5.2.4: dot segments are removed before a request is sent, so they would name another path. */
function encodeSegment(field: string, segment: string): string {
  if (segment === '') throw new PathValueError(field, 'has an empty segment')
  if (segment === '.' || segment === '..') throw new PathValueError(field, 'must not be a dot segment')
  if (/\p{Surrogate}/u.test(segment)) throw new PathValueError(field, 'is not well-formed Unicode')
  return encodeURIComponent(segment)
}

function decode(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw)
  } catch {
    return undefined
  }
}
