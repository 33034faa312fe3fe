import { asList, asObject, type Json, type JsonValue, textAt } from '../dashboard-api.js'
import type { Field, FieldType, Operation, Option } from './kind.js'

type More = Omit<Field, 'path' | 'label' | 'type'>

const typed =
  (type: FieldType) =>
  (path: string, label: string, more: More = {}): Field => ({ path, label, type, ...more })

export const textField = typed('text')
export const emailField = typed('email')
export const urlField = typed('url')
export const numberField = typed('number')
export const secretField = typed('secret')
export const areaField = typed('area')
export const checkbox = typed('checkbox')
export const lines = typed('lines')
export const pairs = typed('pairs')
export const select = typed('select')
export const checks = typed('checks')

export const required = { required: true } as const

export function options(...values: readonly string[]): Option[] {
  return values.map((value) => ({ value, label: value }))
}

/** Custom claims are a list of pairs. */
export const claims = (path: string, more: More = {}): Field =>
  pairs(path, 'Custom claims', {
    help: 'One per line: name: value',
    of: (object) =>
      Object.fromEntries(
        asList(object.custom_claims).map((one) => [textAt(one, 'key'), textAt(one, 'value')]),
      ),
    to: (value) => Object.entries(asObject(value)).map(([key, text]) => ({ key, value: text })),
    ...more,
  })

/** Roles are references by name. */
export const asReferences = (value: JsonValue): JsonValue => asList(value).map((name) => ({ name }))

export const namesOf = (value: JsonValue | undefined): string[] =>
  asList(value).map((one) => textAt(one, 'name'))

/** A deletion asks on its own page, in red. */
export function deletion(
  one: string,
  lead: string,
  method: string,
  message: Operation['message'],
  more: Partial<Operation> = {},
): Operation {
  const fields = () => []
  return { name: 'delete', label: `Delete ${one}`, lead, method, message, fields, danger: true, ...more }
}

/** Something that takes no more than a click. */
export function action(
  name: string,
  label: string,
  lead: string,
  method: string,
  message: Operation['message'],
  more: Partial<Operation> = {},
): Operation {
  return { name, label, lead, method, message, fields: () => [], ...more }
}

export const isEnabled = (object: Json): boolean => object.enabled === true
