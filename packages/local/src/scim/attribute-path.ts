import { isObject, type JsonObject } from '../domain/directories/json.js'
import type { ResourceType } from './scim-schema.js'

/** Where in a resource something is. Without `attribute` it is all of a schema. */
export interface AttributePath {
  /** The extension that the attribute belongs to; none for the resource's own schema. */
  readonly schema?: string
  readonly attribute?: string
  readonly sub?: string
}

/** RFC 7643, section 2.1; `$ref` is the one name that does not begin with a letter. */
const NAME = /^(?:[a-z][\w-]*|\$ref)$/i

/** Names that would reach what every object has, and not an attribute. */
const RESERVED = ['constructor', 'prototype']

/**
 * Reads `attribute`, `attribute.sub` or one of these after the URN of a schema (RFC 7644, section 3.10). Returns
 * undefined for anything else. The URN of an unknown extension is what the `resource` has or lists in its `schemas`,
 * what ends in the name of a kind of resource, or what precedes the last colon.
 */
export function readAttributePath(
  text: string,
  type: ResourceType,
  resource: JsonObject = {},
): AttributePath | undefined {
  const [schema, rest] = splitSchema(text, type, resource)
  const extension = schema === undefined || schema === type.core.id ? {} : { schema }
  if (rest === undefined) return extension
  const [attribute = '', sub, ...more] = rest.split('.')
  const names = [attribute, ...(sub === undefined ? [] : [sub])]
  if (more.length > 0 || !names.every((name) => NAME.test(name) && !RESERVED.includes(name))) return undefined
  return { ...extension, attribute, ...(sub !== undefined && { sub }) }
}

function splitSchema(text: string, { core, extensions }: ResourceType, resource: JsonObject) {
  if (!/^urn:/i.test(text)) return [undefined, text] as const
  const known = [core.id, ...extensions.map(({ id }) => id), ...urnsOf(resource)]
  for (const urn of known) {
    const prefix = text.slice(0, urn.length)
    if (prefix.toLowerCase() !== urn.toLowerCase()) continue
    if (text.length === urn.length) return [urn, undefined] as const
    if (text[urn.length] === ':') return [urn, text.slice(urn.length + 1)] as const
  }
  const [, urn, rest] = /^(.+):([^:]+)$/.exec(text) ?? []
  if (urn === undefined || rest === undefined || /^(user|group)$/i.test(rest))
    return [text, undefined] as const
  return [urn, rest] as const
}

function urnsOf(resource: JsonObject): string[] {
  const { schemas } = resource
  const listed = Array.isArray(schemas) ? schemas.filter((one) => typeof one === 'string') : []
  return [...listed, ...Object.keys(resource).filter((key) => /^urn:/i.test(key) && isObject(resource[key]))]
}
