import { LARGEST_PAGE } from './scim-list.js'
import { type Attribute, COMMON, GROUPS, type Schema, USERS } from './scim-schema.js'

/** RFC 7643, section 5: what provisioning clients may count on. */
export const SERVICE_PROVIDER_CONFIG = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: LARGEST_PAGE },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    { type: 'oauthbearertoken', name: 'Bearer token', description: 'A secret of the directory.' },
  ],
}

/** RFC 7643, section 6, at `/ResourceTypes`. */
export function resourceTypes(base: string) {
  return [USERS, GROUPS].map(({ name, endpoint, core, extensions }) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    ...{ id: name, name, endpoint, schema: core.id },
    schemaExtensions: extensions.map(({ id }) => ({ schema: id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  }))
}

/** RFC 7643, section 7, at `/Schemas`. */
export function schemas(base: string) {
  return [USERS, GROUPS].flatMap(({ core, extensions }) => [
    schema(core, base, externalId),
    ...extensions.map((one) => schema(one, base, [])),
  ])
}

/** Clients learn from the core schemas that there is an externalId; the other common attributes they know. */
const externalId = COMMON.filter(({ name }) => name === 'externalId')

function schema({ id, name, attributes }: Schema, base: string, common: readonly Attribute[]) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    ...{ id, name, attributes: [...common, ...attributes].map(described) },
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  }
}

function described({ name, type, subAttributes, ...limits }: Attribute): object {
  return {
    ...{ name, type, multiValued: limits.multiValued ?? false, required: limits.required ?? false },
    ...{ caseExact: limits.caseExact ?? false, mutability: limits.mutability ?? 'readWrite' },
    ...{ returned: limits.returned ?? 'default', uniqueness: limits.uniqueness ?? 'none' },
    ...(subAttributes && { subAttributes: subAttributes.map(described) }),
  }
}

/** RFC 7644, section 4: the list of one kind of description. */
export function listOf(resources: readonly object[]) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    ...{ totalResults: resources.length, startIndex: 1, itemsPerPage: resources.length },
    Resources: resources,
  }
}
