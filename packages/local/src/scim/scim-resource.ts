import { isObject, type JsonObject } from '../domain/directories/json.js'
import type { DirectoryEntryRow } from '../storage/registry-schema.js'
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
