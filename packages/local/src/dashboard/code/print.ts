import type { JsonValue } from '../dashboard-api.js'

/** Code that stands for itself in an argument, such as `ConnectionType.OIDC`. */
export class Code {
  constructor(readonly text: string) {}
}

/** What an argument of a call is printed from. */
export type Argument = JsonValue | Code | undefined | Argument[] | { readonly [name: string]: Argument }

const LINE = 80

/** A call in JavaScript. An object that does not fit in a line has one member per line. */
export function printCall(callee: string, parameters: readonly Argument[]): string {
  return `await ${callee}(${parameters.map((one) => printArgument(one)).join(', ')})`
}

/** A value as a JavaScript literal. */
export function printArgument(value: Argument, indent = ''): string {
  if (value instanceof Code) return value.text
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map((one) => printArgument(one, indent)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  if (members.length === 0) return '{}'
  const short = `{ ${members.map(([name, member]) => printMember(name, member, indent)).join(', ')} }`
  if (indent.length + short.length <= LINE && !short.includes('\n')) return short
  const inner = `${indent}  `
  const lines = members.map(([name, member]) => `${inner}${printMember(name, member, inner)},\n`)
  return `{\n${lines.join('')}${indent}}`
}

function printMember(name: string, value: Argument, indent: string): string {
  // Without brackets, this name would set the prototype.
  const key = name === '__proto__' ? `['${name}']` : /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
  return `${key}: ${printArgument(value, indent)}`
}

/** A string literal. JSON's escapes are those of JavaScript. */
function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner}'`
}
