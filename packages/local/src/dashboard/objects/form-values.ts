import { asList, asObject, at, type Json, type JsonValue } from '../dashboard-api.js'
import type { Field, Ids } from '../kinds/kind.js'

/** What a form has in its inputs, by the paths of the fields. An input has one text; `checks` have one per choice. */
export type Texts = Readonly<Record<string, readonly string[]>>

export interface FieldProblem {
  readonly field: string
  readonly description: string
}

/** The highest `int32`. */
const HIGHEST = 2_147_483_647

/** What an empty form shows. */
export function initialTexts(fields: readonly Field[]): Texts {
  return Object.fromEntries(fields.map(({ path, initial = [] }) => [path, initial]))
}

/** What the form of an object shows. */
export function textsOf(fields: readonly Field[], object: Json, ids: Ids): Texts {
  return Object.fromEntries(fields.map((field) => [field.path, toTexts(field, valueIn(field, object, ids))]))
}

/** What a form was submitted with. */
export function submittedTexts(fields: readonly Field[], body: Readonly<Record<string, unknown>>): Texts {
  return Object.fromEntries(
    fields.map(({ path }) => [
      path,
      [body[path] ?? []].flat().filter((text): text is string => typeof text === 'string'),
    ]),
  )
}

/** What an object has for a field. */
export function valueIn(field: Field, object: Json, ids: Ids): JsonValue | undefined {
  if (field.of) return field.of(object, ids)
  const dot = field.path.indexOf('.')
  return at(object, field.path.slice(dot + 1))
}

/** What a form shows for a value. */
export function toTexts({ type }: Field, value: JsonValue | undefined): string[] {
  if (type === 'secret') return []
  if (type === 'checkbox') return value === true ? ['on'] : []
  if (type === 'checks') return asList(value).map(String)
  if (type === 'lines') return [asList(value).map(String).join('\n')]
  if (type === 'pairs')
    return [
      Object.entries(asObject(value))
        .map(([name, text]) => `${pairName(name)}: ${pairValue(String(text))}`)
        .join('\n'),
    ]
  return value === undefined || value === null ? [] : [String(value)]
}

/** A browser sends one line for an input, CRLF for the lines of a text area; spaces around a text mean nothing here. */
export function asSent({ type }: Field, texts: readonly string[]): string {
  if (type === 'checkbox') return texts.length > 0 ? 'on' : ''
  if (type === 'checks') return JSON.stringify([...texts].sort())
  const [text = ''] = texts
  const hasLines = type === 'area' || type === 'lines' || type === 'pairs'
  return (hasLines ? text.replaceAll('\r\n', '\n') : text.replace(/[\r\n]/g, '')).trim()
}

/** The value of a field for the message; undefined for an empty text. */
export function readValue(
  field: Field,
  texts: readonly string[],
): { readonly value: JsonValue | undefined } | { readonly problem: string } {
  const text = texts[0] ?? ''
  switch (field.type) {
    case 'checkbox':
      return { value: texts.length > 0 }
    case 'checks':
      return { value: [...texts] }
    case 'lines':
      return { value: linesIn(text) }
    case 'pairs':
      return readPairs(text)
    case 'secret':
      return { value: text === '' ? undefined : text }
    case 'number':
      return readNumber(text.trim())
    default:
      // Browsers send lines of a text area with CRLF.
      return { value: text.replaceAll('\r\n', '\n').trim() || undefined }
  }
}

function readNumber(text: string): ReturnType<typeof readValue> {
  if (text === '') return { value: undefined }
  if (/^-?\d+$/.test(text) && Math.abs(Number(text)) <= HIGHEST) return { value: Number(text) }
  return { problem: `enter a whole number up to ${HIGHEST.toLocaleString('en')}, such as 30` }
}

/** A text in quotation marks, or one that has no colon and does not begin with a quotation mark; a colon; the rest. */
const PAIR = /^("(?:[^"\\]|\\.)*"|[^":][^:]*?)\s*:\s*(.*)$/

function readPairs(text: string): ReturnType<typeof readValue> {
  const pairs = new Map<string, string>()
  for (const line of linesIn(text)) {
    const [, name, value = ''] = PAIR.exec(line) ?? []
    if (name === undefined) return { problem: `write each line as name: value; this one is not: ${line}` }
    const [readName, readText] = [unquoted(name), unquoted(value)]
    if (readName === undefined || readText === undefined)
      return {
        problem: `after a quotation mark, write a JSON string, such as "two\\nlines"; this is none: ${line}`,
      }
    if (pairs.has(readName)) return { problem: `the name ${readName} is there twice` }
    pairs.set(readName, readText)
  }
  return { value: Object.fromEntries(pairs) }
}

/** Names and values that a line would not keep are in quotation marks, as JSON. */
const pairName = (text: string) => (/^["\s]|\s$|[:\r\n]|^$/.test(text) ? JSON.stringify(text) : text)
const pairValue = (text: string) => (/^["\s]|\s$|[\r\n]/.test(text) ? JSON.stringify(text) : text)

function unquoted(text: string): string | undefined {
  if (!text.startsWith('"')) return text
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'string' ? read : undefined
  } catch {
    return undefined
  }
}

function linesIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}
