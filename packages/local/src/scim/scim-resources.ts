import type { JsonObject } from '@bufbuild/protobuf'

/** One kind of resource in a directory, as the five operations of SCIM see it. Each throws a `ScimError`. */
export interface ScimResources {
  list(query: unknown): Promise<object>
  create(body: unknown): Promise<{ meta: { location: string } }>
  get(id: string): Promise<object>
  /** Replaces a resource with what `next` makes of it. */
  change(id: string, next: (before: JsonObject) => unknown): Promise<object>
  remove(id: string): Promise<void>
}
