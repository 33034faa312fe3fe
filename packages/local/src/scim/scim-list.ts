import { z } from 'zod'
import type { JsonObject } from '../domain/directories/json.js'
import { resourceMatches } from './filter-match.js'
import { parseFilter } from './scim-filter.js'
import type { Projection } from './scim-projection.js'
import type { ResourceType } from './scim-schema.js'

export const LARGEST_PAGE = 200

const Query = z.object({
  startIndex: z.coerce.number().int().catch(1).default(1),
  count: z.coerce.number().int().catch(LARGEST_PAGE).default(LARGEST_PAGE),
  filter: z.string().optional().catch(''),
})

/** A page of the resources that meet a filter (RFC 7644, section 3.4.2). Throws a `ScimError` (400, `invalidFilter`). */
export function listResponse(
  type: ResourceType,
  query: unknown,
  resources: readonly JsonObject[],
  project: Projection,
) {
  const { startIndex, count, filter: text } = Query.parse(query)
  const filter = text === undefined ? undefined : parseFilter(text, 'invalidFilter')
  const found = resources.filter((one) => filter === undefined || resourceMatches(one, filter, type))
  const start = Math.max(1, startIndex)
  const page = found.slice(start - 1, start - 1 + Math.min(Math.max(0, count), LARGEST_PAGE))
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: found.length,
    startIndex: start,
    itemsPerPage: page.length,
    Resources: page.map(project),
  }
}
