import type { DescMethod } from '@bufbuild/protobuf'
import {
  AuditLogsService,
  AuthService,
  ClientService,
  ConnectionService,
  DirectoryService,
  DomainService,
  EventsService,
  MembersService,
  OrganizationService,
  type RequestField,
  requestFields,
  UserService,
} from '@scalekit-mcp/api'

/** A field that nothing here honours, so that a request which sets it is refused. */
export interface RefusedField {
  readonly method: DescMethod
  readonly field: RequestField
  /** What is missing, and what to do instead. */
  readonly reason: string
  /** Values that ask for what happens anyway. Without any, an empty value does. */
  readonly accepted: readonly unknown[]
}

const { createResourceClient, updateResourceClient, listClient } = ClientService.method
const { updateConnection, updateEnvironmentConnection } = ConnectionService.method
const { createDirectory, updateDirectory, assignRoles } = DirectoryService.method
const { createDomain, updateDomain, deleteDomain, listDomains } = DomainService.method
const connections = [updateConnection, updateEnvironmentConnection]
const events = [EventsService.method.listEvents, EventsService.method.listEventsPaginated]

const SCIM = 1
const US = 1

/** Every field that is refused. A path to a message stands for all of its fields. */
export const REFUSED_FIELDS: readonly RefusedField[] = [
  ...refuse([AuditLogsService.method.listAuthRequests], 'no sign-in is recorded for a connected account', [
    'connected_account_identifier',
  ]),
  ...refuse([listClient], 'secrets are stored as hashes: create a new secret', ['include_plain_secret']),
  ...refuse(
    [createResourceClient, updateResourceClient],
    'tokens of this client are for its MCP server only',
    ['client.audience'],
  ),
  ...refuse(
    [AuthService.method.updateLoginUserDetails],
    'the user becomes a member of no organization: create the membership, which takes their roles',
    ['user.organization_external_id', 'user.organization_external_name'],
  ),
  ...refuse(connections, 'endpoints that are missing are discovered', ['connection.configuration_type']),
  ...refuse([updateConnection], 'set connection.ui_button_title', ['connection.saml_config.ui_button_title']),
  ...refuse(connections, 'sign-ins have no debug log: see the output of the local environment', [
    'connection.debug_enabled',
  ]),
  ...refuse(connections, 'nobody is signed out at an identity provider', [
    'connection.oidc_config.idp_logout_required',
  ]),
  ...refuse([updateConnection], 'nobody is signed out at an identity provider, and no certificate is ours', [
    'connection.saml_config.idp_slo_url',
    'connection.saml_config.idp_slo_request_binding',
    'connection.saml_config.idp_slo_required',
    'connection.saml_config.sp_slo_url',
    'connection.saml_config.certificate_id',
  ]),
  ...refuse(
    [updateEnvironmentConnection],
    'a SAML identity provider signs in the users of one organization: create the connection there',
    ['connection.saml_config'],
  ),
  ...refuse([updateConnection], 'an organization signs in with OpenID Connect or SAML', [
    'connection.oauth_config',
    'connection.passwordless_config',
    'connection.static_config',
    'connection.webauthn_config',
    'connection.google_dwd_config',
  ]),
  ...refuse(
    [updateEnvironmentConnection],
    'the only provider of this type that signs in is the simulator: set use_platform_creds',
    [
      'connection.oauth_config.authorize_uri',
      'connection.oauth_config.token_uri',
      'connection.oauth_config.user_info_uri',
      'connection.oauth_config.pkce_enabled',
      'connection.oauth_config.prompt',
      'connection.oauth_config.access_type',
      'connection.oauth_config.custom_scope_name',
      'connection.oauth_config.sync_user_profile_on_login',
      'connection.oauth_config.token_access_type',
      'connection.oauth_config.tenant_id',
      'connection.oauth_config.app_name',
      'connection.oauth_config.optional_scopes',
      'connection.oauth_config.extensions',
    ],
  ),
  ...refuse(
    [updateEnvironmentConnection],
    'codes have six digits and expire after the time that the request asks for',
    [
      'connection.passwordless_config.frequency',
      'connection.passwordless_config.validity',
      'connection.passwordless_config.enforce_same_browser_origin',
      'connection.passwordless_config.code_challenge_length',
      'connection.passwordless_config.code_challenge_type',
    ],
  ),
  ...refuse(
    [updateEnvironmentConnection],
    'a code that is sent again is a new one: only its hash is stored',
    ['connection.passwordless_config.regenerate_passwordless_credentials_on_resend'],
    [true],
  ),
  ...refuse(
    [updateEnvironmentConnection],
    'accounts of this connection have their own credentials: create a connected account',
    ['connection.static_config'],
  ),
  ...refuse(
    [updateEnvironmentConnection],
    'passkeys are for the host of the local environment, with the defaults of their library',
    ['connection.webauthn_config'],
  ),
  ...refuse([updateEnvironmentConnection], 'no token is requested from Google', [
    'connection.google_dwd_config.scopes',
    'connection.google_dwd_config.token_uri',
  ]),
  ...refuse(
    [createDirectory, updateDirectory],
    'directories are filled with SCIM only',
    ['directory.directory_type'],
    [SCIM],
  ),
  ...refuse([updateDirectory], 'use EnableDirectory and DisableDirectory', ['directory.enabled']),
  ...refuse([updateDirectory], 'groups come from the directory, with their SCIM attributes', [
    'directory.mappings',
    'directory.groups',
  ]),
  ...refuse([assignRoles], 'give role_name', ['role_assignments.assignments.role_id']),
  ...refuse(
    [createDomain, updateDomain, deleteDomain],
    'a domain belongs to an organization: use AssignDomainsToConnection',
    ['connection_id'],
  ),
  ...refuse([UserService.method.deleteMembership], 'what depends on a membership always ends with it', [
    'cascade',
  ]),
  ...refuse([listDomains], 'every domain is listed with everything that is known of it', ['include']),
  ...refuse(events, 'events are not recorded with it', [
    'filter.auth_request_id',
    'filter.interceptor_id',
    'filter.interceptor_status',
    'filter.interceptor_decision',
  ]),
  ...refuse([DirectoryService.method.listDirectoryGroups], 'there are no groups but those of the directory', [
    'include_external_groups',
  ]),
  ...refuse([MembersService.method.createMember], 'a member has a name, an address, a role and metadata', [
    'member.organizations',
    'member.user_profile',
    'member.external_id',
    'member.active_workspace_external_id',
  ]),
  ...refuse(
    [OrganizationService.method.createOrganization],
    'data is stored on this machine only',
    ['organization.region_code'],
    [US],
  ),
]

function refuse(
  methods: readonly DescMethod[],
  reason: string,
  paths: readonly string[],
  accepted: readonly unknown[] = [],
): RefusedField[] {
  const isNamed = (field: RequestField) =>
    paths.some((path) => field.path === path || field.path.startsWith(`${path}.`))
  return methods.flatMap((method) =>
    requestFields(method)
      .filter((field) => isNamed(field) && !field.outputOnly)
      .map((field) => ({ method, field, reason, accepted })),
  )
}
