import { asList, asObject, at, type Json, type JsonValue } from '../dashboard-api.js'
import type { Field, Ids } from '../kinds/kind.js'

/** What a form has in its inputs, by the paths of the fields. An input has one text; `checks` have one per choice. */
export type Texts = Readonly<Record<string, readonly string[]>>

export interface FieldProblem {
  readonly field: string
  readonly description: string
}

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

function toTexts({ type }: Field, value: JsonValue | undefined): string[] {
  if (type === 'secret') return []
  if (type === 'checkbox') return value === true ? ['on'] : []
  if (type === 'checks') return asList(value).map(String)
  if (type === 'lines') return [asList(value).map(String).join('\n')]
  if (type === 'pairs')
    return [
      Object.entries(asObject(value))
        .map(([name, text]) => `${name}: ${String(text)}`)
        .join('\n'),
    ]
  return value === undefined || value === null ? [] : [String(value)]
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
      return { value: /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : text.trim() || undefined }
    default:
      // Browsers send lines of a text area with CRLF.
      return { value: text.replaceAll('\r\n', '\n').trim() || undefined }
  }
}

function readPairs(text: string): ReturnType<typeof readValue> {
  const read = linesIn(text).map((line) => /^([^:]+):(.*)$/.exec(line) ?? line)
  const wrong = read.find((one) => typeof one === 'string')
  if (wrong !== undefined)
    return { problem: `write each line as name: value; this one has no colon: ${wrong}` }
  const pairs = read.flatMap((one) =>
    typeof one === 'string' ? [] : [[(one[1] ?? '').trim(), (one[2] ?? '').trim()] as const],
  )
  return { value: Object.fromEntries(pairs) }
}

function linesIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}
