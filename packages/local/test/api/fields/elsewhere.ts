import type { DescMethod } from '@bufbuild/protobuf'
import { ClientService, ConnectionService, DirectoryService, OrganizationService } from '@scalekit-mcp/api'
import { under } from './observation.js'

/** Fields that are honoured, and whose effect takes a test of its own. */
export interface ShownElsewhere {
  /** Completes "Seen …" on the reference page. */
  readonly seen: string
  /** The test. It names each field outside of comments. */
  readonly test: string
  readonly methods: readonly DescMethod[]
  readonly paths: readonly string[]
}

const { createClient, updateClient, createResource, updateResource } = ClientService.method
const { updateConnection, updateEnvironmentConnection } = ConnectionService.method
const connections = [updateConnection, updateEnvironmentConnection]
const oauth = 'packages/local/test/oauth'

export const ELSEWHERE: readonly ShownElsewhere[] = [
  {
    seen: 'in tokens',
    test: `${oauth}/client-settings.test.ts`,
    methods: [createClient, updateClient],
    paths: under(
      'client',
      'access_token_expiry',
      'scopes',
      'custom_claims.key',
      'custom_claims.value',
      'grant_types',
    ),
  },
  {
    seen: 'in the scopes of tokens',
    test: `${oauth}/client-settings.test.ts`,
    methods: [createResource, updateResource],
    paths: ['resource.intersect_scopes_user_permission'],
  },
  {
    seen: 'when a session ends: the client is told',
    test: `${oauth}/session-policy.test.ts`,
    methods: [createClient, updateClient],
    paths: ['client.back_channel_logout_uris'],
  },
  {
    seen: 'at sign-in: whether a client needs PKCE',
    test: 'packages/local/test/security/s1-pkce.test.ts',
    methods: [createClient, updateClient],
    paths: ['client.enforce_pkce'],
  },
  {
    seen: 'when an assertion is exchanged for a token',
    test: `${oauth}/exchange.test.ts`,
    methods: [createResource, updateResource],
    paths: under('resource', 'xaa_enabled'),
  },
  {
    seen: 'in when sessions end',
    test: `${oauth}/session-policy.test.ts`,
    methods: [OrganizationService.method.updateOrganizationSessionPolicy],
    paths: [
      ...['policy_source', 'absolute_session_timeout', 'absolute_session_timeout_unit'],
      ...['idle_session_timeout_enabled', 'idle_session_timeout', 'idle_session_timeout_unit'],
    ],
  },
  {
    seen: 'in the roles of the users of a group',
    test: 'packages/local/test/scim/provisioning.test.ts',
    methods: [DirectoryService.method.assignRoles],
    paths: under('role_assignments.assignments', 'group_id', 'role_name'),
  },
  {
    seen: 'in whom a sync lets join',
    test: 'packages/local/test/scim/sync.test.ts',
    methods: [DirectoryService.method.assignGroupsForDirectory],
    paths: ['external_ids'],
  },
  {
    seen: 'in the profile of users who come from the directory',
    test: 'packages/local/test/scim/provisioning.test.ts',
    methods: [DirectoryService.method.updateAttributes],
    paths: under('attribute_mapping.attributes', 'key', 'map_to'),
  },
  {
    seen: 'in the claims of tokens',
    test: `${oauth}/saml-attributes.test.ts`,
    methods: connections,
    paths: ['connection.attribute_mapping'],
  },
  {
    seen: 'at a sign-in that the identity provider begins',
    test: `${oauth}/idp-initiated.test.ts`,
    methods: [updateConnection],
    paths: ['connection.saml_config.default_redirect_uri'],
  },
  {
    seen: 'at sign-in with OpenID Connect',
    test: `${oauth}/oidc-settings.test.ts`,
    methods: connections,
    paths: under(
      'connection.oidc_config',
      ...['issuer', 'discovery_endpoint', 'authorize_uri', 'token_uri', 'user_info_uri', 'jwks_uri'],
      ...['client_id', 'client_secret', 'scopes', 'token_auth_type', 'pkce_enabled'],
      ...['sync_user_profile_on_login', 'jit_provisioning_with_sso_enabled'],
    ),
  },
  {
    seen: 'in which SAML identity provider signs in, and what it has to sign',
    test: `${oauth}/saml.test.ts`,
    methods: [updateConnection],
    paths: under(
      'connection.saml_config',
      ...['idp_metadata_url', 'idp_entity_id', 'idp_sso_url', 'idp_certificate', 'saml_signing_option'],
    ),
  },
  {
    seen: 'in requests to a SAML identity provider, and in the user who comes back',
    test: `${oauth}/saml-settings.test.ts`,
    methods: [updateConnection],
    paths: under(
      'connection.saml_config',
      ...['idp_name_id_format', 'idp_sso_request_binding', 'force_authn', 'want_request_signed'],
      ...['assertion_encrypted', 'sync_user_profile_on_login', 'jit_provisioning_with_sso_enabled'],
    ),
  },
]
