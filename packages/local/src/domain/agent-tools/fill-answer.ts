import type { z } from 'zod'

type Json = z.core.util.JSONType

const PLACEHOLDER = /\{\{\s*([\w.-]+)\s*\}\}/g
const ONLY_PLACEHOLDER = /^\{\{\s*([\w.-]+)\s*\}\}$/

/**
 * An answer with the values of a call in the places of its placeholders. A text that is one placeholder becomes the value
 * as it is; a value that is missing is null there, and nothing inside of a longer text.
 */
export function fillAnswer(template: Json, values: Json): Json {
  if (typeof template === 'string') return fillText(template, values)
  if (Array.isArray(template)) return template.map((entry) => fillAnswer(entry, values))
  if (template === null || typeof template !== 'object') return template
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => [name, fillAnswer(value, values)]),
  )
}

function fillText(text: string, values: Json): Json {
  const [, only] = ONLY_PLACEHOLDER.exec(text) ?? []
  if (only !== undefined) return valueAt(values, only) ?? null
  return text.replace(PLACEHOLDER, (_, path: string) => {
    const value = valueAt(values, path) ?? ''
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
}

function valueAt(values: Json, path: string): Json | undefined {
  let value: Json | undefined = values
  for (const name of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, Json>)[name]
  }
  return value
}
