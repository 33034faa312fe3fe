import type { z } from 'zod'

export type Json = z.core.util.JSONType
export type JsonObject = { [name: string]: Json }

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asList(value: Json | undefined): Json[] {
  return value === undefined || value === null ? [] : [value].flat()
}

/** The key of an object in the spelling that it has there: names are not case-sensitive (RFC 7643, section 2.1). */
export function keyIn(object: JsonObject, name: string): string | undefined {
  return Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase())
}

/** The value of an attribute of an object, whatever the case of its name. */
export function valueIn(object: JsonObject, name: string): Json | undefined {
  const key = keyIn(object, name)
  return key === undefined ? undefined : object[key]
}
