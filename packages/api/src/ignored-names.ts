import type { DescMethod } from '@bufbuild/protobuf'

/**
 * Fields that Scalekit's own MCP server sends and the API does not define. The hosted API ignores them, and so do we.
 * Source: github.com/scalekit-inc/scalekit-mcp-server.
 */
const IGNORED: ReadonlyMap<string, readonly string[]> = new Map([
  ['OrganizationService.CreateOrganization', ['organization.environment_id']],
  [
    'ClientService.CreateResource',
    ['resource.environment_id', 'resource.third_party', 'resource.resourceMetadata'],
  ],
  [
    'ClientService.UpdateResource',
    [
      ...['resource.environment_id', 'resource.third_party', 'resource.resourceMetadata'],
      'resource.resource_type',
    ],
  ],
  ['RolesService.CreateRole', ['role.default']],
])

export function isIgnored({ parent, name }: DescMethod, field: string): boolean {
  return IGNORED.get(`${parent.name}.${name}`)?.includes(field) ?? false
}
