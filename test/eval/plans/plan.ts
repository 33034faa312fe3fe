/**
 * One call of a plan. A string that begins with `$` refers to an earlier result: `$0.items[displayName=Development].id` is the id of
 * the first item with that name in the result of the first call.
 */
export interface PlannedCall {
  readonly tool: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/** The shortest known way to do a task. */
export interface Plan {
  readonly task: string
  readonly calls: readonly PlannedCall[]
  /** The final answer, from the results in their order. */
  answer(results: readonly unknown[]): string
  /** Calls that fail as part of the way. Default: none. */
  readonly wrongTurns?: number
}

/** The arguments of a call, with the values that its references stand for. */
export function resolve(value: unknown, results: readonly unknown[]): unknown {
  if (typeof value === 'string') return value.startsWith('$') ? lookUp(value.slice(1), results) : value
  if (Array.isArray(value)) return value.map((each) => resolve(each, results))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolve(each, results)]))
}

/** @throws Error for a path that leads nowhere */
export function lookUp(path: string, results: readonly unknown[]): unknown {
  const found = (path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? []).reduce<unknown>(step, results)
  if (found === undefined) throw new Error(`$${path} leads nowhere in ${JSON.stringify(results)}`)
  return found
}

/** A member by its name or number, or with `[name=value]` the first item that has the value. */
function step(from: unknown, part: string): unknown {
  const [, name, value] = /^\[(\w+)=(.*)\]$/.exec(part) ?? []
  if (name === undefined) return membersOf(from)[part]
  return Object.values(membersOf(from)).find((item) => membersOf(item)[name] === value)
}

const membersOf = (value: unknown) => Object(value) as Record<string, unknown>
