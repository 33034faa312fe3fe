import type { Caller } from '@scalekit-mcp/auth'
import { ToolError } from '../errors.js'
import {
  scopes as knownScopes,
  optInToolsets,
  type Scope,
  type ToolDefinition,
  type Toolset,
  toolsets,
} from '../tool.js'
import { isClientAlone } from './client-alone.js'
import { restrictionInValue, restrictionMeantBy, restrictions } from './restriction-names.js'

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
  /** Environment mode: the id under which Scalekit knows this server. */
  readonly mcpServerId?: string
  /** Nothing is changed, whatever a URL asks for. */
  readonly readOnly: boolean
  /** Over stdio: the scopes of the command line, which nobody can extend while the server runs. */
  readonly commandScopes?: readonly Scope[]
}

/** What a caller may do, and who can extend it. */
type CallerScopes = Pick<Caller, 'scopes' | 'subject' | 'clientId'>

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: 'not_selected'; readonly error: ToolError }
  | {
      readonly allowed: false
      readonly reason: 'insufficient_scope'
      readonly scopes: readonly Scope[]
      readonly error: ToolError
    }

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

/** Whether `tools/list` contains a tool. Over stdio it leaves out what the command line does not allow. */
export function isListed(
  tool: ToolDefinition,
  selection: Selection,
  bounds: Pick<Bounds, 'mode' | 'readOnly' | 'commandScopes'>,
): boolean {
  const { commandScopes } = bounds
  const isGranted = commandScopes === undefined || tool.scopes.every((scope) => commandScopes.includes(scope))
  return isGranted && isSelected(tool, selection, bounds)
}

/**
 * Decides whether a caller may use a tool: the edge asks for the challenge (RFC 6750 section 3.1), the
 * dispatcher asks again for every message. Every scope that the tool lists is needed; none implies another.
 */
export function decide(
  tool: ToolDefinition,
  caller: CallerScopes,
  selection: Selection,
  bounds: Bounds,
): Decision {
  if (!isSelected(tool, selection, bounds)) {
    return { allowed: false, reason: 'not_selected', error: notSelected(tool, selection, bounds) }
  }
  const missing = tool.scopes.filter((scope) => !caller.scopes.has(scope))
  if (missing.length === 0) return { allowed: true }
  const message = `${tool.name} needs the scopes ${tool.scopes.join(' ')}.`
  const nextStep = howToGetScopes(missing, caller, bounds) + whereRolesDecide(missing, caller, bounds)
  const error = new ToolError('insufficient_scope', message, { nextStep })
  return { allowed: false, reason: 'insufficient_scope', scopes: tool.scopes, error }
}

function notSelected(tool: ToolDefinition, selection: Selection, bounds: Bounds): ToolError {
  if (tool.workspaceOnly && bounds.mode === 'environment') {
    return new ToolError(
      'tool_not_available',
      `${tool.name} needs a server in workspace mode; this one is bound to one environment.`,
      { nextStep: tool.workspaceOnly },
    )
  }
  if ((selection.readOnly || bounds.readOnly) && tool.effect !== 'read') {
    const what = bounds.readOnly ? 'server' : 'connection'
    return new ToolError('tool_not_available', `${tool.name} changes data and this ${what} is read-only.`, {
      nextStep: howToWrite(selection, bounds),
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

/**
 * What a connection lacks, and who can add it: a sentence for each.
 *
 * @param howToGetRole for a caller whose role does not write: no scope and no other connection changes that
 */
export function howToGetMore(
  caller: CallerScopes,
  selection: Selection,
  bounds: Bounds,
  howToGetRole?: string,
): readonly string[] {
  const readOnly = selection.readOnly || bounds.readOnly
  const cannotWrite = readOnly || howToGetRole !== undefined
  const missing = knownScopes.filter(
    (scope) => !caller.scopes.has(scope) && !(cannotWrite && scope.endsWith(':write')),
  )
  const toWrite = bounds.readOnly ? undefined : howToGetRole
  return [
    ...(cannotWrite ? [`To write: ${toWrite ?? howToWrite(selection, bounds)}`] : []),
    ...(missing.length > 0
      ? [`Scopes ${missing.join(' ')}: ${howToGetScopes(missing, caller, bounds)}`]
      : []),
  ]
}

function howToGetScopes(missing: readonly Scope[], caller: CallerScopes, bounds: Bounds): string {
  if (bounds.commandScopes) {
    const all = knownScopes.filter((scope) => caller.scopes.has(scope) || missing.includes(scope))
    return `Ask the user to start this server with scalekit-mcp stdio --scopes "${all.join(' ')}".`
  }
  if (isClientAlone(caller)) {
    return `Ask the operator to add them to the registration of the client ${caller.clientId}, then request a new token with them.`
  }
  return 'Ask the user to sign in to this server again and authorize them. A call that needs them asks the client for it.'
}

/** The authorization server grants a member no scope that their workspace role does not have. */
function whereRolesDecide(missing: readonly Scope[], caller: CallerScopes, bounds: Bounds): string {
  const writes = missing.some((scope) => scope.endsWith(':write'))
  if (bounds.mode === 'environment' || isClientAlone(caller) || !writes) return ''
  return ' Where the sign-in does not give them, whoami says which role is missing.'
}

function howToWrite(selection: Selection, bounds: Bounds): string {
  if (bounds.readOnly) {
    return bounds.commandScopes
      ? 'Ask the user to start this server without --read-only and READ_ONLY.'
      : 'Tell the user that the operator of this server allows reading only (READ_ONLY).'
  }
  return `Show the user this URL: a connection with it writes. ${urlWith([], { ...selection, readOnly: false }, bounds.resource)}`
}
