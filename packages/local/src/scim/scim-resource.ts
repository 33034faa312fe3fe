import type { z } from 'zod'
import { describeProblems } from '../domain/describe-problems.js'
import { isObject, type JsonObject } from '../domain/directories/json.js'
import type { DirectoryEntryRow } from '../storage/registry-schema.js'
import { ScimError } from './scim-error.js'
import type { ResourceType } from './scim-schema.js'

/** What the service adds to a stored resource (RFC 7643, sections 3 and 3.1). */
export function withCommon(
  { core, name, endpoint }: ResourceType,
  { id, created_at, updated_at }: DirectoryEntryRow,
  detail: JsonObject,
  base: string,
) {
  const extensions = Object.keys(detail).filter((key) => /^urn:/i.test(key) && isObject(detail[key]))
  return {
    ...detail,
    schemas: [core.id, ...extensions],
    id,
    meta: {
      resourceType: name,
      created: new Date(created_at).toISOString(),
      lastModified: new Date(updated_at).toISOString(),
      location: `${base}${endpoint}/${id}`,
    },
  }
}

/**
 * What a resource is by a schema whose messages say what to send.
 * @throws {ScimError} 400 `invalidValue`, with each attribute that is missing or invalid
 */
export function readResource<Schema extends z.ZodType>(
  schema: Schema,
  resource: JsonObject,
): z.output<Schema> {
  const { data, error, success } = schema.safeParse(resource)
  if (!success) throw new ScimError(400, `${describeProblems(error)}.`, 'invalidValue')
  return data
}

/** What to send where an attribute has another form. */
export const TEXT = 'send text'
export const EXTERNAL_ID = 'send text of at most 255 characters'
export const SHORT_TEXT = 'send text of 1 to 255 characters'
