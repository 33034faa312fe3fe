/** What an argument may come from. */
export interface Sources {
  /** What the person wrote. */
  readonly ask: string
  readonly implied?: readonly string[] | undefined
  readonly inputSchema: Readonly<Record<string, unknown>>
  /** Earlier results of tools. */
  readonly results: readonly unknown[]
}

/**
 * The values in the arguments of a call that nothing explains: neither the words of the person, nor the schema of the tool, nor an
 * earlier result. A model can only have guessed them.
 */
export function unexplained(args: unknown, { ask, implied = [], inputSchema, results }: Sources): string[] {
  const known = new Set([...implied, ...leavesOf(results).map(({ value }) => value)])
  return leavesOf(args, '', inputSchema).flatMap(({ path, value, schema }) =>
    known.has(value) || isWritten(value, ask) || allows(schema, value)
      ? []
      : [`${path}: ${JSON.stringify(value)}`],
  )
}

type Schema = Readonly<Record<string, unknown>>

interface Leaf {
  readonly path: string
  readonly value: unknown
  readonly schema: Schema
}

function leavesOf(value: unknown, path = '', schema: Schema = {}): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value, schema }]
  return Object.entries(value).flatMap(([name, each]) => {
    const inner = Array.isArray(value) ? schema.items : (schema.properties as Schema | undefined)?.[name]
    return leavesOf(each, path ? `${path}.${name}` : name, inner as Schema | undefined)
  })
}

/** As a word or words of its own: `NW-7` is not written in `NW-77`. */
function isWritten(value: unknown, ask: string): boolean {
  const text = String(value).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return text !== '' && new RegExp(`(?<![A-Za-z0-9])${text}(?![A-Za-z0-9])`).test(ask)
}

/** The schema names the value, or leaves a choice of two. */
function allows(
  { type, enum: values, const: only, default: preset, maximum, description = '' }: Schema,
  value: unknown,
): boolean {
  if (type === 'boolean') return typeof value === 'boolean'
  if (isWritten(value, String(description))) return true
  return (Array.isArray(values) && values.includes(value)) || [only, preset, maximum].includes(value as never)
}
