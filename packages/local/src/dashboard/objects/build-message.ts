import { asObject, type Json, type JsonValue } from '../dashboard-api.js'
import type { Field, Ids, Operation } from '../kinds/kind.js'
import { asSent, type FieldProblem, readValue, type Texts, toTexts, valueIn } from './form-values.js'

export type BuiltMessage =
  | { readonly message: Json; readonly unchanged: boolean }
  | { readonly problems: readonly FieldProblem[] }

/** The message of an operation with what its form says. `shown` is what the form showed before it was filled in. */
export function buildMessage(
  operation: Operation,
  ids: Ids,
  object: Json,
  shown: Json,
  texts: Texts,
): BuiltMessage {
  const problems: FieldProblem[] = []
  const named: string[] = []
  let message = operation.message(ids, object)
  for (const field of operation.fields(object)) {
    const sent = texts[field.path] ?? []
    const before = valueIn(field, shown, ids)
    // A text stands for the value that it was made from, even if it would be read as another one.
    if (operation.changes && asSent(field, sent) === asSent(field, toTexts(field, before))) continue
    const read = readValue(field, sent)
    if ('problem' in read) {
      problems.push({ field: field.path, description: read.problem })
      continue
    }
    if (operation.changes && isEmpty(read.value) && isEmpty(before)) continue
    if (operation.changes && field.cannotBeEmptied && isEmpty(read.value)) {
      const description = 'the API cannot clear this field: enter a value'
      problems.push({ field: field.path, description })
      continue
    }
    const value = read.value ?? (operation.changes ? emptyValue(field) : undefined)
    if (value === undefined) continue
    message = withValue(message, field.path, field.to ? field.to(value) : value)
    named.push(field.path)
  }
  if (problems.length > 0) return { problems }
  const unchanged = operation.changes !== undefined && named.length === 0
  const { mask, root } = operation.changes ?? {}
  if (mask === undefined || root === undefined) return { message, unchanged }
  const paths = named.map((path) => camelCase(path.slice(root.length + 1)))
  return { message: { ...message, [mask]: paths.join(',') }, unchanged }
}

/** The message that would create an object which exists. */
export function messageOf(operation: Operation, ids: Ids, object: Json): Json {
  return operation.fields(object).reduce<Json>(
    (message, field) => {
      const value = valueIn(field, object, ids)
      if (isEmpty(value) && !(value === false && field.of)) return message
      return withValue(message, field.path, field.to ? field.to(value ?? null) : (value ?? null))
    },
    operation.message(ids, object),
  )
}

export function isEmpty(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    value === false ||
    /_UNSPECIFIED$/.test(String(value))
  )
}

/** What clears a field. */
function emptyValue({ type }: Field): JsonValue | undefined {
  if (type === 'number') return 0
  return type === 'select' ? undefined : ''
}

function withValue(message: Json, path: string, value: JsonValue): Json {
  const [name = '', ...inner] = path.split('.')
  if (inner.length === 0) return { ...message, [name]: value }
  return { ...message, [name]: withValue(asObject(message[name]), inner.join('.'), value) }
}

/** A field mask names fields in camel case. */
function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
