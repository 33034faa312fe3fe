import type { KnownEnvironment } from '../../scalekit/scalekit.js'
import type { Scope, Target, ToolContext, ToolDefinition } from '../../tool.js'
import { digestOf } from '../digest.js'
import { displayText } from './display-text.js'

/** What a person is asked about one call. Every text is on one line, without invisible characters. */
export interface Question {
  /** What happens. */
  readonly title: string
  readonly environment: KnownEnvironment | undefined
  /** A line for each change. */
  readonly changes: readonly (readonly [label: string, value: string])[]
  readonly target: { readonly id: string | undefined; readonly name: string }
  readonly irreversible: boolean
  /** The name has to be typed: a write in a PRD environment, or a delete. */
  readonly typed: boolean
  /** The call goes on only after it: not so for a delete in a DEV environment, where a client that cannot ask goes on. */
  readonly required: boolean
  /** The result of a call that would change nothing. */
  readonly already: Readonly<Record<string, unknown>> | undefined
  /** Of the arguments and of everything that the question names. */
  readonly digest: string
}

/**
 * What a person has to decide or see before a call goes on. In a PRD environment that is every write, unless its tool says why
 * not; in a DEV environment a delete; everywhere what a tool creates for a person only. What is in no environment counts as PRD.
 *
 * @returns undefined where the call may go on
 */
export async function questionFor(
  tool: ToolDefinition,
  args: Record<string, unknown>,
  context: ToolContext,
): Promise<Question | undefined> {
  const { effect, reveals } = tool
  const confirmed = isConfirmed(tool)
  if (!confirmed && !reveals) return undefined
  const id = args.environmentId as string | undefined
  const environment = id === undefined ? undefined : await context.scalekit.environment(id)
  const type = environment?.type ?? 'PRD'
  const typed = confirmed && (type === 'PRD' || effect === 'delete')
  if (!typed && !reveals) return undefined
  const { already, ...target } = (await tool.target?.(args, context)) ?? { name: tool.title }
  return {
    title: tool.title,
    environment: environment?.id ? toShown(environment) : undefined,
    changes: changesOf(target),
    target: { id: target.id, name: nameOf(target) },
    irreversible: effect === 'delete' || tool.irreversible === true,
    typed,
    required: reveals !== undefined || type === 'PRD',
    already: mayRead(tool, context) ? already : undefined,
    digest: digestOf([args, target]),
  }
}

/** Whether a person confirms the tool where it matters. What is created for a person is that person's decision. */
export function isConfirmed({ unconfirmed, reveals, effect, target }: ToolDefinition): boolean {
  return effect !== 'read' && !unconfirmed && target !== undefined && !(reveals && effect === 'create')
}

/** Whether the caller may read what the tool changes: no scope implies another. */
function mayRead({ scopes }: ToolDefinition, { caller }: ToolContext): boolean {
  return scopes.every((scope) => caller.scopes.has(scope.replace(':write', ':read') as Scope))
}

function changesOf({ changes = {} }: Target): (readonly [string, string])[] {
  return Object.entries(changes).flatMap(([label, value]) =>
    value === undefined ? [] : [[label, displayText([value].flat().join(', '))] as const],
  )
}

const toShown = ({ id, name, type }: KnownEnvironment) => ({ id, name: displayText(name), type })

/** A name with nothing to see cannot be typed: then it is the id. */
const nameOf = ({ id = 'confirm', name }: Target) => displayText(name) || id

/** The question as a client shows it: values are third-party text, so each change is a line. */
export function questionText({ title, environment, irreversible, changes, target }: Question): string {
  const where = environment ? ` in ${environment.id}` : ''
  const warning = irreversible ? ' This cannot be undone.' : ''
  const what = target.id === undefined ? 'the name' : `the name of ${target.id}`
  return [
    `${title}${where}.${warning}`,
    ...changes.map(([label, value]) => `${label}: ${value}`),
    `To confirm, type ${what}: ${target.name}`,
  ].join('\n')
}

/** Whether what was typed is the name. */
export function namesTarget(typed: string, { target }: Question): boolean {
  return displayText(typed) === target.name
}
