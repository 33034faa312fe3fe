import type { JsonObject, JsonValue } from '@bufbuild/protobuf'

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object whose keys may come from outside: it has no prototype to be changed. */
export function emptyJsonObject(): JsonObject {
  return Object.create(null) as JsonObject
}

/** Parses text from outside: undefined when it is not JSON. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}
