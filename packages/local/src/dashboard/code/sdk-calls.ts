import { DEFAULT_EXPIRY } from '../../domain/clients/m2m-client-data.js'
import { asList, asObject, type Json, type JsonValue, textAt } from '../dashboard-api.js'
import { type Argument, Code } from './print.js'

/** A method of the Node SDK. `parameters` is undefined for a message that the method cannot send. */
export interface SdkMethod {
  readonly method: string
  parameters(message: Json): readonly Argument[] | undefined
}

const take =
  (...names: readonly string[]) =>
  (message: Json): readonly Argument[] =>
    names.map((name) => textAt(message, name))

const sdk = (method: string, parameters: SdkMethod['parameters']): SdkMethod => ({ method, parameters })

/** The members of an object in camel case; undefined when it has others than these. */
function only(value: Json, names: readonly string[]): Record<string, Argument> | undefined {
  const members = Object.entries(value)
  if (members.some(([name]) => !names.includes(name))) return undefined
  return Object.fromEntries(members.map(([name, member]) => [camelCase(name), camelCased(member)]))
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function camelCased(value: JsonValue): Argument {
  if (Array.isArray(value)) return value.map(camelCased)
  return value
}

/** Arguments in front of an options object, which is left out when it is empty. */
function withOptions(first: readonly Argument[], options: Record<string, Argument> | undefined) {
  if (options === undefined) return undefined
  return Object.keys(options).length === 0 ? first : [...first, options]
}

const enumValue = (name: string, value: JsonValue | undefined): Argument =>
  value === undefined ? undefined : new Code(`${name}.${textAt(value, '')}`)

const namesIn = (value: JsonValue | undefined): Argument[] => asList(value).map((one) => textAt(one, 'name'))

function userOptions(user: Json, more: Record<string, Argument>): Record<string, Argument> | undefined {
  const { user_profile: profile, metadata, membership: _, ...rest } = user
  // The SDK has no roles here.
  if (asList(asObject(user.membership).roles).length > 0) return undefined
  const own = only(rest, ['email', 'external_id'])
  const names = only(asObject(profile), ['first_name', 'last_name'])
  if (own === undefined || names === undefined) return undefined
  return {
    ...own,
    ...(Object.keys(names).length > 0 && { userProfile: names }),
    ...(!isEmptyMap(metadata) && { metadata: asObject(metadata) }),
    ...more,
  }
}

const isEmptyMap = (value: JsonValue | undefined) => Object.keys(asObject(value)).length === 0

function membershipOptions({ membership, send_invitation_email: invite }: Json) {
  const { roles, metadata, ...rest } = asObject(membership)
  if (Object.keys(rest).length > 0) return undefined
  return {
    ...(asList(roles).length > 0 && { roles: namesIn(roles) }),
    ...(!isEmptyMap(metadata) && { metadata: asObject(metadata) }),
    ...(invite !== undefined && { sendInvitationEmail: invite }),
  }
}

const ROLE = ['name', 'display_name', 'description', 'extends', 'permissions']
const MACHINE = ['name', 'description', 'scopes', 'audience']

function machine(client: Json): Record<string, Argument> | undefined {
  const { custom_claims: claims, expiry = DEFAULT_EXPIRY, ...rest } = client
  const own = only(rest, MACHINE)
  if (Number(expiry) !== DEFAULT_EXPIRY) return undefined
  if (own === undefined || asList(claims).length === 0) return own
  const pairs = asList(claims).map((one) => [textAt(one, 'key'), textAt(one, 'value')])
  return { ...own, customClaims: Object.fromEntries(pairs) }
}

/** Which method of the SDK calls a method of the API, and with which arguments. Source: @scalekit-sdk/node 2.11. */
export const SDK_METHODS: Readonly<Record<string, SdkMethod>> = {
  'OrganizationService.CreateOrganization': sdk('organization.createOrganization', ({ organization }) => {
    const { display_name, ...rest } = asObject(organization)
    return withOptions([display_name], only(rest, ['external_id', 'slug', 'logo_url']))
  }),
  'OrganizationService.GetOrganization': sdk('organization.getOrganization', take('id')),
  'OrganizationService.DeleteOrganization': sdk('organization.deleteOrganization', take('id')),
  'UserService.CreateUserAndMembership': sdk('user.createUserAndMembership', (message) => {
    const { organization_id: organization, user, send_invitation_email: invite } = message
    const options = userOptions(asObject(user), invite === undefined ? {} : { sendInvitationEmail: invite })
    return options && [organization, options]
  }),
  'UserService.GetUser': sdk('user.getUser', take('id')),
  'UserService.DeleteUser': sdk('user.deleteUser', take('id')),
  'UserService.CreateMembership': sdk('user.createMembership', (message) =>
    withOptions(take('organization_id', 'id')(message), membershipOptions(message)),
  ),
  'UserService.DeleteMembership': sdk('user.deleteMembership', take('organization_id', 'id')),
  'RolesService.CreateRole': sdk('role.createRole', ({ role }) => whole(only(asObject(role), ROLE))),
  'RolesService.GetRole': sdk('role.getRole', take('role_name')),
  'RolesService.DeleteRole': sdk('role.deleteRole', take('role_name')),
  'RolesService.CreateOrganizationRole': sdk('role.createOrganizationRole', ({ org_id, role }) => {
    const own = only(asObject(role), ROLE)
    return own && [org_id, own]
  }),
  'RolesService.GetOrganizationRole': sdk('role.getOrganizationRole', take('org_id', 'role_name')),
  'RolesService.DeleteOrganizationRole': sdk('role.deleteOrganizationRole', take('org_id', 'role_name')),
  'RolesService.CreatePermission': sdk('permission.createPermission', ({ permission }) =>
    whole(only(asObject(permission), ['name', 'description'])),
  ),
  'RolesService.GetPermission': sdk('permission.getPermission', take('permission_name')),
  'RolesService.DeletePermission': sdk('permission.deletePermission', take('permission_name')),
  'ConnectionService.CreateConnection': sdk('connection.createConnection', (message) => {
    const { type, provider, ...rest } = asObject(message.connection)
    const own = only(rest, ['key_id', 'provider_key'])
    if (own === undefined) return undefined
    const kinds = {
      type: enumValue('ConnectionType', type),
      provider: enumValue('ConnectionProvider', provider),
    }
    return [message.organization_id, { ...kinds, ...own }]
  }),
  'ConnectionService.GetConnection': sdk('connection.getConnection', take('organization_id', 'id')),
  'ConnectionService.DeleteConnection': sdk('connection.deleteConnection', take('organization_id', 'id')),
  'DirectoryService.CreateDirectory': sdk('directory.createDirectory', ({ organization_id, directory }) => {
    const { directory_type: type, directory_provider: provider } = asObject(directory)
    const kinds = {
      directoryType: enumValue('DirectoryType', type),
      directoryProvider: enumValue('DirectoryProvider', provider),
    }
    return [organization_id, kinds]
  }),
  'DirectoryService.GetDirectory': sdk('directory.getDirectory', take('organization_id', 'id')),
  'DirectoryService.DeleteDirectory': sdk('directory.deleteDirectory', take('organization_id', 'id')),
  'DomainService.CreateDomain': sdk('domain.createDomain', ({ organization_id, domain }) => {
    const { domain: name, domain_type: type } = asObject(domain)
    return withOptions([organization_id, name], type === undefined ? {} : { domainType: type })
  }),
  'DomainService.GetDomain': sdk('domain.getDomain', take('organization_id', 'id')),
  'DomainService.DeleteDomain': sdk('domain.deleteDomain', take('organization_id', 'id')),
  'ClientService.CreateOrganizationClient': sdk('m2m.createOrganizationClient', (message) =>
    withOptions([message.organization_id], machine(asObject(message.client))),
  ),
  'ClientService.GetOrganizationClient': sdk(
    'm2m.getOrganizationClient',
    take('organization_id', 'client_id'),
  ),
  'ClientService.DeleteOrganizationClient': sdk(
    'm2m.deleteOrganizationClient',
    take('organization_id', 'client_id'),
  ),
}

function whole(options: Record<string, Argument> | undefined): Argument[] | undefined {
  return options && [options]
}
