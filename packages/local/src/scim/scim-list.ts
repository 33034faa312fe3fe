import { z } from 'zod'
import { ScimError } from './scim-error.js'

const LARGEST_PAGE = 200

const Query = z.object({
  startIndex: z.coerce.number().int().catch(1).default(1),
  count: z.coerce.number().int().catch(LARGEST_PAGE).default(LARGEST_PAGE),
  filter: z.string().optional(),
})

/** A page of resources (RFC 7644, section 3.4.2), filtered by what provisioning clients ask for: `attribute eq "value"`. */
export function listResponse<T extends object>(
  query: unknown,
  resources: readonly T[],
  fields: readonly string[],
) {
  const { startIndex, count, filter } = Query.parse(query)
  const found = filter === undefined ? resources : resources.filter(matcher(filter, fields))
  const start = Math.max(1, startIndex)
  const page = found.slice(start - 1, start - 1 + Math.min(Math.max(0, count), LARGEST_PAGE))
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: found.length,
    startIndex: start,
    itemsPerPage: page.length,
    Resources: page,
  }
}

function matcher(filter: string, fields: readonly string[]): (resource: object) => boolean {
  const [, attribute = '', quoted = ''] = /^\s*([\w.]+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(filter) ?? []
  const field = fields.find((one) => one.toLowerCase() === attribute.toLowerCase())
  if (field === undefined) {
    throw new ScimError(
      400,
      `Filter with ${fields.map((one) => `${one} eq "…"`).join(', or ')}.`,
      'invalidFilter',
    )
  }
  const wanted = String(JSON.parse(quoted)).toLowerCase()
  return (resource) => String(Reflect.get(resource, field) ?? '').toLowerCase() === wanted
}
