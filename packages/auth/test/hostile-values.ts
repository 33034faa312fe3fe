import { UnknownName } from './hostile-unknown-name.js'

/** What `{{name}}` stands for in a text of the corpora. */
export type Names = Readonly<Record<string, string>>

type Operator = (operand: unknown, names: Names) => unknown

/** A member that is left out. */
const DELETED = Symbol('deleted')

const list = (operand: unknown) => (Array.isArray(operand) ? operand : [operand])

/** `{"$operator": operand}` where a corpus needs a value that portable JSON cannot write. */
export const operators: Readonly<Record<string, Operator>> = {
  $null: () => null,
  $delete: () => DELETED,
  $set: (value, names) => resolve(value, names),
  $now: (seconds) => Math.floor(Date.now() / 1000) + Number(seconds),
  $nowms: (milliseconds) => Date.now() + Number(milliseconds),
  $repeat: (operand, names) => textOf(list(operand)[0], names).repeat(Number(list(operand)[1])),
  $replace(operand, names) {
    const [text, from, to] = list(operand).map((each) => textOf(each, names))
    return (text ?? '').replaceAll(from ?? '', () => to ?? '')
  },
  $upper: (operand, names) => textOf(operand, names).toUpperCase(),
  $origin: (operand, names) => new URL(textOf(operand, names)).origin,
  $sibling: (operand, names) => changed(operand, names, /\/mcp$/, '/mcp2'),
  $port: (operand, names) => changed(operand, names, /:\d+/, ':1'),
  $pct: (operand, names) => changed(operand, names, /mcp/, '%6dcp'),
  $homoglyph: (operand, names) => changed(operand, names, /mcp/, 'm\u0441p'),
  $utf16: (units) => String.fromCharCode(...list(units).map(Number)),
  $ref: (name, names) => JSON.parse(named(String(name), names)),
}

/** Replaces every operator in a value, and every `{{name}}` in its texts. @throws UnknownName */
export function resolve(value: unknown, names: Names, text = fill): unknown {
  if (typeof value === 'string') return text(value, names)
  if (Array.isArray(value)) return value.map((item) => resolve(item, names, text))
  if (typeof value !== 'object' || value === null) return value
  if (isOperation(value)) return operated(value, names)
  const members = Object.entries(value).map(([name, item]) => [name, resolve(item, names, text)] as const)
  return Object.fromEntries(members.filter(([, item]) => item !== DELETED))
}

/** Replaces every `{{name}}`. @throws UnknownName */
export function fill(template: string, names: Names): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => named(name, names))
}

/** Replaces the names that exist. Others are data: what a template engine would evaluate. */
export function fillKnown(template: string, names: Names): string {
  return template.replace(/\{\{(\w+)\}\}/g, (all, name: string) => names[name] ?? all)
}

/** JSON merge patch (RFC 7396): null removes the member. A value that an operator computes is replaced as a whole. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch) || isOperation(patch)) return patch
  const merged: Record<string, unknown> = isRecord(target) && !isOperation(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = mergePatch(merged[name], value)
  }
  return merged
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isOperation(value: unknown): boolean {
  const members = Object.keys(Object(value))
  return members.length === 1 && members[0]?.startsWith('$') === true
}

function operated(value: object, names: Names): unknown {
  const [[name = '', operand] = []] = Object.entries(value)
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined
  if (!operator) throw new UnknownName('operator', name)
  return operator(operand, names)
}

function changed(operand: unknown, names: Names, from: RegExp, to: string): string {
  const text = textOf(operand, names)
  const result = text.replace(from, to)
  if (result === text) throw new Error(`the operator finds nothing to change in ${text}`)
  return result
}

function textOf(value: unknown, names: Names): string {
  return String(resolve(value, names))
}

function named(name: string, names: Names): string {
  if (name === 'uuid') return crypto.randomUUID()
  const value = names[name]
  if (value === undefined) throw new UnknownName('name', name)
  return value
}
