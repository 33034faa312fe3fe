import type { Redact } from '../../observe/redact.js'
import type { KnownEnvironment } from '../../scalekit/scalekit.js'
import type { Scope, Target, ToolContext, ToolDefinition } from '../../tool.js'
import { organizationTarget } from '../../tools/organization-target.js'
import { digestOf } from '../digest.js'
import { displayText } from './display-text.js'

/** What a person is asked about one call. Every text is on one line, without invisible characters. */
export interface Question {
  /** What happens. */
  readonly title: string
  readonly environment: KnownEnvironment | undefined
  /** Name and id of the organization that the target belongs to. */
  readonly organization: string | undefined
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
 * @param redact for names of third parties that the question only shows
 * @returns undefined where the call may go on
 */
export async function questionFor(
  tool: ToolDefinition,
  args: Record<string, unknown>,
  context: ToolContext,
  redact: Redact,
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
  const shown = (name: string) => redact(displayText(name))
  const owner = await ownerOf(target, args, context)
  const organization = owner && `${shown(owner.name)} (${owner.id})`
  return {
    title: tool.title,
    environment: environment && { ...environment, name: shown(environment.name) },
    organization,
    changes: changesOf(target),
    target: { id: target.id, name: nameOf(target) },
    irreversible: effect === 'delete' || tool.irreversible === true,
    typed,
    required: reveals !== undefined || type === 'PRD',
    already: mayRead(tool, context) ? already : undefined,
    digest: digestOf([args, target, organization ?? null]),
  }
}

/** The organization that a target belongs to, unless it is the target. @throws ToolError `not_found` */
function ownerOf(
  target: Target,
  args: Record<string, unknown>,
  context: ToolContext,
): Promise<Target> | undefined {
  const { environmentId, organizationId = target.organizationId } = args
  if (typeof environmentId !== 'string' || typeof organizationId !== 'string') return undefined
  return organizationId === target.id
    ? undefined
    : organizationTarget({ environmentId, organizationId }, context)
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
    value === undefined ? [] : [[label, displayText([value].flat().join(', ')) || 'none'] as const],
  )
}

/** A name with nothing to see cannot be typed: then it is the id. */
const nameOf = ({ id = 'confirm', name }: Target) => displayText(name) || id

/** The environment as a person knows it, like `Production (PRD, env_…)`. */
export function environmentText(environment: KnownEnvironment): string {
  const { id, name } = environment
  const type = typeText(environment)
  return name === '' ? `${id || 'this environment'} (${type})` : `${name} (${type}, ${id})`
}

export function typeText({ type, typeAssumed }: KnownEnvironment): string {
  return typeAssumed === undefined ? type : `${type} assumed: ${typeAssumed}`
}

/** A sentence for an environment that counts as PRD only because nobody said what it is. */
export function whyPrd({ environment }: Question): string {
  const why = environment?.typeAssumed
  return why === undefined ? '' : ` The environment counts as PRD, because ${why}.`
}

/** What happens where. */
export function titleText({ title, environment }: Question): string {
  return environment ? `${title} in ${environmentText(environment)}` : title
}

export function organizationLines({ organization }: Question): string[] {
  return organization === undefined ? [] : [`Organization: ${organization}`]
}

/** The question as a client shows it: values are third-party text, so each change is a line. */
export function questionText(question: Question): string {
  const { irreversible, changes, target } = question
  const warning = irreversible ? ' This cannot be undone.' : ''
  const what = target.id === undefined ? 'the name' : `the name of ${target.id}`
  return [
    `${titleText(question)}.${warning}`,
    ...organizationLines(question),
    ...changes.map(([label, value]) => `${label}: ${value}`),
    `To confirm, type ${what}: ${target.name}`,
  ].join('\n')
}

/** Whether what was typed is the name. */
export function namesTarget(typed: string, { target }: Question): boolean {
  return displayText(typed) === target.name
}
