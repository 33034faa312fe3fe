export type StrictJsonProblem =
  | 'syntax'
  | 'duplicate_member'
  | 'forbidden_member'
  | 'too_deep'
  | 'too_many_values'

/** The problem with a JSON text. It contains nothing of the text itself. */
export class StrictJsonError extends Error {
  constructor(readonly problem: StrictJsonProblem) {
    super(problem)
  }
}

/** Names that reach an object's prototype where code assigns members by name. */
const PROTOTYPE_MEMBERS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

export const MAX_DEPTH = 32
/** Members and elements together. MCP messages have a few dozen; a tool call with many rows has hundreds. */
export const MAX_VALUES = 2_000
const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c]
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d]

/**
 * `JSON.parse` without its traps. Of members with the same name the last one wins silently, so that two readers can
 * read one text differently (RFC 8259 section 4 allows it; RFC 7519 section 4 lets us refuse). Depth and number of
 * values are unbounded, so that a small text costs much to walk (RFC 8259 section 9 lets us set limits). Refuses
 * these, and on request the members that reach a prototype.
 *
 * @throws StrictJsonError
 */
export function parseStrictJson(text: string, { refusePrototypeMembers = false } = {}): unknown {
  checkSize(text)
  const value = parse(text)
  checkMembers(text, refusePrototypeMembers)
  return value
}

/** One pass over a text that may not be JSON: each value is a container, or follows the start of one or a comma. */
function checkSize(text: string): void {
  let depth = 0
  let values = 0
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === QUOTE) {
      at = endOfString(text, at)
      if (at < 0) return
    } else if (char === OPEN_OBJECT || char === OPEN_ARRAY) {
      if (++depth > MAX_DEPTH) throw new StrictJsonError('too_deep')
      values++
    } else if (char === CLOSE_OBJECT || char === CLOSE_ARRAY) depth--
    else if (char === COMMA) values++
    if (values > MAX_VALUES) throw new StrictJsonError('too_many_values')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new StrictJsonError('syntax')
  }
}

/** One pass over a text that is known to be valid JSON. */
function checkMembers(text: string, refusePrototypeMembers: boolean): void {
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === OPEN_OBJECT || char === OPEN_ARRAY) {
      open.push(undefined)
    } else if (char === CLOSE_OBJECT || char === CLOSE_ARRAY) {
      open.pop()
    } else if (char === QUOTE) {
      const start = at
      at = endOfString(text, start)
      if (!isMemberName(text, at)) continue
      const name = memberName(text, start, at)
      if (refusePrototypeMembers && PROTOTYPE_MEMBERS.has(name)) throw new StrictJsonError('forbidden_member')
      const names = open[open.length - 1] ?? new Set()
      if (names.has(name)) throw new StrictJsonError('duplicate_member')
      open[open.length - 1] = names.add(name)
    }
  }
}

/** The index of the quote that ends the string which starts at `start`; -1 when it does not end. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
  return backslashes % 2 === 1
}

/** In valid JSON only the name of a member is followed by a colon. */
function isMemberName(text: string, end: number): boolean {
  let next = end + 1
  while (text.charCodeAt(next) <= 0x20) next++
  return text.charCodeAt(next) === COLON
}

/** `"a"` and `"\u0061"` are the same name. */
function memberName(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end)
  return raw.includes('\\') ? String(JSON.parse(text.slice(start, end + 1))) : raw
}
