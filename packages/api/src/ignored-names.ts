import type { DescMethod } from '@bufbuild/protobuf'

/** Fields that known clients of the API send and its descriptors do not have: they are ignored, so that these clients work. */
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
