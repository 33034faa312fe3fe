import type { JsonObject } from '../domain/directories/json.js'
import type { Projection } from './scim-projection.js'
import type { ResourceType } from './scim-schema.js'

/** One kind of resource in a directory, as the five operations of SCIM see it. Each throws a `ScimError`. */
export interface ScimResources {
  readonly type: ResourceType
  list(query: unknown, project: Projection): Promise<object>
  create(body: unknown): Promise<JsonObject & { meta: { location: string } }>
  get(id: string): Promise<JsonObject>
  /** Replaces a resource with what `next` makes of it. */
  change(id: string, next: (before: JsonObject) => JsonObject): Promise<JsonObject>
  remove(id: string): Promise<void>
}
