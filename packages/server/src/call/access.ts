import type { Caller } from '@scalekit-mcp/auth'
import { ToolError } from '../errors.js'
import { optInToolsets, type ToolDefinition, type Toolset, toolsets } from '../tool.js'

/**
 * What a URL selects: `?toolsets=organizations,users&readonly=true&environment=env_…&access=write`. `default` stands for all
 * toolsets but the opt-in ones, which have to be named, and `all` for all.
 */
export interface Selection {
  readonly toolsets: ReadonlySet<Toolset>
  readonly readOnly: boolean
  readonly environmentId?: string
  /** What the first sign-in asks for: the baseline, or (`access=write`) whatever the selected tools need. */
  readonly access: 'baseline' | 'write'
}

/** What the deployment itself allows: an upper bound that no request can loosen. */
export interface Bounds {
  /** The URL of this server, which errors name. */
  readonly resource: string
  /** `environment`: the API is called with one environment's credentials, so some tools cannot work. */
  readonly mode: 'environment' | 'workspace'
  /** Environment mode: the one environment; empty when its id is not known. */
  readonly environmentId?: string
  /** Nothing is changed, whatever a URL asks for. */
  readonly readOnly: boolean
}

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: 'not_selected'; readonly error: ToolError }
  | { readonly allowed: false; readonly reason: 'insufficient_scope'; readonly scopes: readonly string[] }

const named: ReadonlyMap<string, readonly Toolset[]> = new Map<string, readonly Toolset[]>([
  ...[...toolsets, ...optInToolsets].map((name): [string, readonly Toolset[]] => [name, [name]]),
  ['default', toolsets],
  ['all', [...toolsets, ...optInToolsets]],
])
const byDefault: ReadonlySet<Toolset> = new Set(toolsets)

/**
 * Reads the selection from the query of a request's URL. Other parameters are left alone, but for those that look like a
 * restriction: a misspelled one must not open what it was meant to close.
 *
 * @throws ToolError `invalid_arguments` that names what is wrong and what is possible
 */
export function parseSelection(query: URLSearchParams): Selection {
  for (const [key, value] of query) {
    const meant = restrictionMeantBy(key) ?? restrictionInValue(key, value)
    if (meant !== undefined && meant !== key) {
      throw wrongQuery(`The URL has ${JSON.stringify(key.slice(0, 40))}: write ${meant}.`)
    }
  }
  for (const key of [...restrictions, 'access']) {
    if (query.getAll(key).length > 1) throw wrongQuery(`${key} may be given once.`)
  }
  const names = query
    .get('toolsets')
    ?.split(',')
    .map((name) => name.trim())
  if (names && !names.every((name) => named.has(name))) {
    throw wrongQuery(`toolsets takes some of ${[...named.keys()].join(', ')}.`)
  }
  const readOnly = query.get('readonly')
  if (readOnly !== null && readOnly !== 'true' && readOnly !== 'false') {
    throw wrongQuery('readonly takes true or false.')
  }
  const environmentId = query.get('environment')
  if (environmentId !== null && !/^env_[0-9]{1,28}$/.test(environmentId)) {
    throw wrongQuery('environment takes an id like env_100000000000000001.')
  }
  const access = query.get('access')
  if (access !== null && access !== 'write') {
    throw wrongQuery(
      'access takes write; without it clients sign in to read, and ask for more when a tool needs it.',
    )
  }
  if (access && readOnly === 'true') {
    throw wrongQuery('access=write and readonly=true contradict each other: leave one out.')
  }
  return {
    toolsets: names ? new Set(names.flatMap((name) => named.get(name) ?? [])) : byDefault,
    readOnly: readOnly === 'true',
    access: access ?? 'baseline',
    ...(environmentId !== null ? { environmentId } : {}),
  }
}

const restrictions = ['toolsets', 'readonly', 'environment'] as const
type Restriction = (typeof restrictions)[number]

/** Other words for a restriction, without case and separators. `amp;` is left of `&amp;`, copied from a page. */
const otherWords: readonly [RegExp, Restriction][] = [
  [/^(amp)?(read|ro$|write|nowrite)|readonly|onlyread|viewonly/, 'readonly'],
  [/^(amp)?(exclude|include)?tool|toolset/, 'toolsets'],
  [/^(amp)?env|environment/, 'environment'],
]

/** The restriction that a parameter stands for: in another case, with separators, in other words, or up to two letters off. */
function restrictionMeantBy(key: string): Restriction | undefined {
  const plain = key
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z]/g, '')
  const [, meant] = otherWords.find(([word]) => word.test(plain)) ?? []
  return meant ?? restrictions.find((restriction) => isWithinTwoEdits(plain, restriction))
}

/** A restriction in the value of another parameter: `?mode=readonly`, or `?x=1;readonly=true` with the wrong separator. */
function restrictionInValue(key: string, value: string): Restriction | undefined {
  if (restrictions.some((restriction) => restriction === key)) return undefined
  const [, word] = /(read[^a-z]?only|toolsets?|environment)(?:=|$)/i.exec(value.normalize('NFKC')) ?? []
  return word === undefined ? undefined : restrictionMeantBy(word)
}

/** Levenshtein distance of at most two, on the short names of parameters. */
function isWithinTwoEdits(given: string, wanted: string): boolean {
  if (Math.abs(given.length - wanted.length) > 2) return false
  let row = Array.from({ length: wanted.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...given].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...wanted].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return (row[wanted.length] ?? 3) <= 2
}

function wrongQuery(message: string): ToolError {
  return new ToolError('invalid_arguments', message, { nextStep: 'Correct the URL of this server.' })
}

/** A selection as JSON can hold it. */
export type StoredSelection = Omit<Selection, 'toolsets'> & { readonly toolsets: readonly Toolset[] }

export const storedSelection = (selection: Selection): StoredSelection => ({
  ...selection,
  toolsets: [...selection.toolsets],
})

export const selectionOf = (stored: StoredSelection): Selection => ({
  ...stored,
  toolsets: new Set(stored.toolsets),
})

const everything = parseSelection(new URLSearchParams())

/**
 * The selection of a request's URL, within the deployment's bounds.
 *
 * @returns what is wrong with the URL, for a client to read, instead
 */
export function readSelection(url: string, { environmentId }: Bounds): Selection | { problem: string } {
  if (!url.includes('?')) return everything
  try {
    const selection = parseSelection(new URL(url, 'http://localhost').searchParams)
    if (environmentId === undefined || (selection.environmentId ?? environmentId) === environmentId)
      return selection
    return {
      problem: `environment: this server manages ${environmentId || 'one environment, whose id it does not know'}.`,
    }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'The query is not usable.' }
  }
}

/** The toolsets that a connection has, and those that its URL leaves out, in the order of the documentation. */
export function toolsetsOf(selection: Selection): {
  readonly selected: Toolset[]
  readonly leftOut: Toolset[]
} {
  const all: readonly Toolset[] = [...toolsets, ...optInToolsets]
  return {
    selected: all.filter((each) => selection.toolsets.has(each)),
    leftOut: all.filter((each) => !selection.toolsets.has(each)),
  }
}

/** The URL of a connection that has further toolsets; everything else that this connection's URL says stays. */
export function urlWith(further: readonly Toolset[], selection: Selection, resource: string): string {
  const { selected } = toolsetsOf(selection)
  const hasDefault = toolsets.every((each) => selection.toolsets.has(each))
  const named = hasDefault ? ['default', ...selected.filter((each) => !byDefault.has(each))] : selected
  const others = [
    ...(selection.readOnly ? ['readonly=true'] : []),
    ...(selection.environmentId === undefined ? [] : [`environment=${selection.environmentId}`]),
    ...(selection.access === 'write' ? ['access=write'] : []),
  ]
  return `${resource}?${[`toolsets=${[...named, ...further].join(',')}`, ...others].join('&')}`
}

/**
 * Whether a selection, within the deployment's bounds, contains a tool. Scopes do not count here: a client
 * must see a tool before it can ask the user for its scopes.
 */
export function isSelected(
  tool: ToolDefinition,
  selection: Selection,
  bounds: Pick<Bounds, 'mode' | 'readOnly'>,
): boolean {
  if (tool.workspaceOnly && bounds.mode === 'environment') return false
  if ((selection.readOnly || bounds.readOnly) && tool.effect !== 'read') return false
  return tool.waitsForPerson === true || selection.toolsets.has(tool.toolset)
}

/**
 * Decides whether a caller may use a tool: the edge asks for the challenge (RFC 6750 section 3.1), the
 * dispatcher asks again for every message. Every scope that the tool lists is needed; none implies another.
 */
export function decide(
  tool: ToolDefinition,
  caller: Pick<Caller, 'scopes'>,
  selection: Selection,
  bounds: Bounds,
): Decision {
  if (!isSelected(tool, selection, bounds)) {
    return { allowed: false, reason: 'not_selected', error: notSelected(tool, selection, bounds) }
  }
  const complete = tool.scopes.every((scope) => caller.scopes.has(scope))
  return complete ? { allowed: true } : { allowed: false, reason: 'insufficient_scope', scopes: tool.scopes }
}

function notSelected(tool: ToolDefinition, selection: Selection, bounds: Bounds): ToolError {
  if (tool.workspaceOnly && bounds.mode === 'environment') {
    return new ToolError(
      'tool_not_available',
      `${tool.name} needs a server in workspace mode; this one is bound to one environment.`,
      { nextStep: 'Tell the user that this has to be done in the Scalekit dashboard.' },
    )
  }
  if ((selection.readOnly || bounds.readOnly) && tool.effect !== 'read') {
    const [what, nextStep] = bounds.readOnly
      ? ['server', 'Tell the user that the operator of this server allows reading only (READ_ONLY).']
      : [
          'connection',
          'Show the user that the URL of this connection has readonly=true; without it, writes work.',
        ]
    return new ToolError('tool_not_available', `${tool.name} changes data and this ${what} is read-only.`, {
      nextStep,
    })
  }
  const url = urlWith([tool.toolset], selection, bounds.resource)
  return new ToolError(
    'tool_not_available',
    `${tool.name} is in the toolset ${tool.toolset}, which this connection leaves out.`,
    {
      nextStep: `Show the user this URL: a connection with it has the tool. ${url}`,
      details: { toolset: tool.toolset, url },
    },
  )
}
