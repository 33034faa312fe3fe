import type { DescField, DescMethod, Message } from '@bufbuild/protobuf'
import { type RequestField, requestFields } from '@scalekit-mcp/api'

/** The fields of a request that ask for something: those that are set, and not to the value of their kind that is empty. */
export function setFields(method: DescMethod, message: Message): readonly RequestField[] {
  return requestFields(method).filter(({ fields }) =>
    valuesAt(message, fields).some((value) => !isEmpty(value)),
  )
}

/** What a request has at a field: several values where the field is in the messages of a list. */
export function valuesAt(message: Message, [field, ...inner]: readonly DescField[]): readonly unknown[] {
  if (field === undefined) return [message]
  const value = ownValue(message, field)
  if (value === undefined) return []
  if (inner.length === 0) return [value]
  return [value].flat().flatMap((one) => valuesAt(one as Message, inner))
}

function ownValue(message: Message, field: DescField): unknown {
  if (!field.oneof) return Reflect.get(message, field.localName)
  const chosen: { case?: string; value?: unknown } = Reflect.get(message, field.oneof.localName)
  return chosen.case === field.localName ? chosen.value : undefined
}

export function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (typeof value !== 'object' || value === null) return !value
  return Object.keys(value).length === 0
}
