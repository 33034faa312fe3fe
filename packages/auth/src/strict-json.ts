export type StrictJsonProblem = 'syntax' | 'duplicate_member' | 'forbidden_member' | 'too_deep'

/** What is wrong with a JSON text. It holds nothing of the text itself. */
export class StrictJsonError extends Error {
  constructor(readonly problem: StrictJsonProblem) {
    super(problem)
  }
}

/** Names that reach an object's prototype where code assigns members by name. */
const PROTOTYPE_MEMBERS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

const MAX_DEPTH = 32
const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a]
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d]

/**
 * `JSON.parse` without its two traps: of members with the same name the last wins silently, so that two
 * readers of one text can disagree (RFC 8259 section 4 leaves it open; RFC 7519 section 4 lets us refuse),
 * and nesting is unbounded. Refuses both, and on request the members that reach a prototype.
 *
 * @throws StrictJsonError
 */
export function parseStrictJson(text: string, { refusePrototypeMembers = false } = {}): unknown {
  const value = parse(text)
  checkMembers(text, refusePrototypeMembers)
  return value
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
      if (open.push(undefined) > MAX_DEPTH) throw new StrictJsonError('too_deep')
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

/** The index of the quote that ends the string which starts at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
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
