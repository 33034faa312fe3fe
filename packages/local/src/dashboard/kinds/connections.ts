import { asList, at, type Json, textAt } from '../dashboard-api.js'
import { code, enabled, inWords, pairsOf, text, texts, time, words } from './cells.js'
import {
  action,
  areaField,
  checkbox,
  checks,
  deletion,
  isEnabled,
  options,
  pairs,
  required,
  secretField,
  select,
  textField,
  urlField,
} from './fields.js'
import type { Column, Field, Ids, Kind, Operation } from './kind.js'
import { organizations } from './organizations.js'

const PROVIDERS = options(
  ...['CUSTOM', 'IDP_SIMULATOR', 'OKTA', 'GOOGLE', 'MICROSOFT_AD', 'AUTH0', 'ONELOGIN', 'PING_IDENTITY'],
  ...['JUMPCLOUD', 'ADFS'],
)
const SOCIAL = options('GOOGLE', 'MICROSOFT', 'GITHUB', 'GITLAB', 'LINKEDIN', 'SALESFORCE', 'SCALEKIT')
const SIMULATED = options(
  ...['GMAIL', 'GOOGLECALENDAR', 'SLACK', 'GITHUB', 'NOTION', 'HUBSPOT', 'LINEAR', 'SALESFORCE'],
  ...['FRESHDESK', 'EXA', 'APIFYMCP'],
)

const name: Field = textField('connection.key_id', 'Name', {
  help: 'What requests call it. Leave empty for a generated name.',
})
/** What is on until it is turned off. */
const onByDefault = (path: string) => ({ of: (object: Json) => at(object, path) !== false })

const jit = (settings: string): Field[] => [
  checkbox(
    `connection.${settings}.jit_provisioning_with_sso_enabled`,
    'Create users when they first sign in',
    onByDefault(`${settings}.jit_provisioning_with_sso_enabled`),
  ),
  checkbox(`connection.${settings}.sync_user_profile_on_login`, 'Update profiles at every sign-in'),
]
const KEPT = { help: 'Leave empty to keep the current one.' }
const oidc: readonly Field[] = [
  urlField('connection.oidc_config.issuer', 'Issuer'),
  textField('connection.oidc_config.client_id', 'Client ID'),
  secretField('connection.oidc_config.client_secret', 'Client secret', KEPT),
  urlField('connection.oidc_config.authorize_uri', 'Authorization endpoint', {
    help: 'Endpoints that are empty are discovered at the issuer.',
  }),
  urlField('connection.oidc_config.token_uri', 'Token endpoint'),
  urlField('connection.oidc_config.user_info_uri', 'User info endpoint'),
  urlField('connection.oidc_config.jwks_uri', 'JWKS URL'),
  checkbox('connection.oidc_config.pkce_enabled', 'Use PKCE', onByDefault('oidc_config.pkce_enabled')),
  ...jit('oidc_config'),
]
const saml: readonly Field[] = [
  urlField('connection.saml_config.idp_metadata_url', 'Metadata URL', {
    help: 'Or the entity ID, sign-on URL and certificate.',
  }),
  textField('connection.saml_config.idp_entity_id', 'Entity ID'),
  urlField('connection.saml_config.idp_sso_url', 'Sign-on URL'),
  areaField('connection.saml_config.idp_certificate', 'Certificate', {
    help: 'PEM. Leave empty to keep the current one.',
    of: () => '',
  }),
  checkbox('connection.saml_config.force_authn', 'Ask for the password at every sign-in'),
  ...jit('saml_config'),
]
const oauth: readonly Field[] = [
  checkbox('connection.oauth_config.use_platform_creds', "Use Scalekit's own credentials"),
  textField('connection.oauth_config.client_id', 'Client ID'),
  secretField('connection.oauth_config.client_secret', 'Client secret', KEPT),
]
const passwordless: readonly Field[] = [
  select('connection.passwordless_config.type', 'The e-mail has', {
    options: options('LINK', 'OTP', 'LINK_OTP'),
  }),
]
const SETTINGS: Readonly<Record<string, readonly Field[]>> = {
  ...{ OIDC: oidc, SAML: saml, OAUTH: oauth, PASSWORDLESS: passwordless },
}

const editFields = (object: Json): Field[] => [
  name,
  textField('connection.ui_button_title', 'Title of the button on the sign-in page'),
  ...(SETTINGS[textAt(object, 'type')] ?? []),
  ...(['OIDC', 'SAML'].includes(textAt(object, 'type'))
    ? [
        pairs('connection.attribute_mapping', 'Attribute mapping', {
          help: 'One per line: our name: their name',
          cannotBeEmptied: true,
        }),
      ]
    : []),
]

/** An update says again what kind of connection it is. */
const kindOf = ({ type = '', provider = '', provider_key = '' }: Json): Json => ({
  type,
  provider,
  provider_key,
})

const columns: readonly Column[] = [
  text('Type', 'type'),
  {
    name: 'Provider',
    // Connections of agents have a key only.
    of: (object) => {
      const named = textAt(object, 'provider').replace(/.*_UNSPECIFIED$/, '')
      return words(named || textAt(object, 'provider_key')) || '–'
    },
  },
  inWords('Configuration', 'status'),
  enabled,
]
const facts: readonly Column[] = [
  code('Redirect URI', 'oidc_config.redirect_uri'),
  code('Assertion consumer service', 'saml_config.sp_assertion_url'),
  code('Our entity ID', 'saml_config.sp_entity_id'),
  code('Our metadata', 'saml_config.sp_metadata_url'),
  code('Callback', 'oauth_config.redirect_uri'),
  texts('Domains', 'domains', 'domain'),
  pairsOf('Attribute mapping', 'attribute_mapping'),
  time('Created', 'create_time'),
  time('Changed', 'update_time'),
]

const toggles = (scope: string, message: Operation['message']): Operation[] => [
  action(
    'enable',
    'Enable connection',
    'People can sign in through it.',
    `ConnectionService.Enable${scope}Connection`,
    message,
    { applies: (object) => !isEnabled(object) },
  ),
  action(
    'disable',
    'Disable connection',
    'Nobody can sign in through it until it is enabled again.',
    `ConnectionService.Disable${scope}Connection`,
    message,
    { applies: isEnabled },
  ),
]

const identity = {
  idOf: (object: Json) => textAt(object, 'id'),
  titleOf: (object: Json) => textAt(object, 'key_id') || textAt(object, 'id'),
}

const inOrganization = ({ organization = '', connection = '' }: Ids) => ({
  organization_id: organization,
  id: connection,
})

/** The ways in which users of one organization sign in. */
export const connections: Kind = {
  slug: 'connections',
  param: 'connection',
  one: 'connection',
  many: 'Connections',
  lead: 'Single sign-on of this organization, over OpenID Connect or SAML.',
  parent: organizations,
  ...identity,
  list: {
    method: 'ConnectionService.ListConnections',
    message: ({ organization = '' }) => ({ organization_id: organization, include: 'all' }),
    items: 'connections',
  },
  get: { method: 'ConnectionService.GetConnection', message: inOrganization, object: 'connection' },
  columns,
  facts,
  creates: [
    {
      name: 'new',
      label: 'Create connection',
      method: 'ConnectionService.CreateConnection',
      message: ({ organization = '' }) => ({ organization_id: organization }),
      fields: () => [
        select('connection.type', 'Type', { ...required, options: options('OIDC', 'SAML') }),
        select('connection.provider', 'Provider', { ...required, options: PROVIDERS }),
        name,
      ],
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit connection',
      method: 'ConnectionService.UpdateConnection',
      message: (ids, object) => ({ ...inOrganization(ids), connection: kindOf(object) }),
      fields: editFields,
      changes: { root: 'connection' },
    },
    ...toggles('', inOrganization),
    {
      name: 'domains',
      label: 'Assign domains',
      lead: 'Addresses of these domains lead to this connection.',
      method: 'ConnectionService.AssignDomainsToConnection',
      message: ({ organization = '', connection = '' }) => ({
        organization_id: organization,
        connection_id: connection,
      }),
      fields: () => [
        checks('domain_ids', 'Domains', {
          choices: {
            method: 'DomainService.ListDomains',
            message: ({ organization = '' }) => ({
              organization_id: organization,
              domain_type: 'ORGANIZATION_DOMAIN',
            }),
            items: 'domains',
            paged: 'number',
            option: (item) => ({ value: textAt(item, 'id'), label: textAt(item, 'domain') }),
          },
          of: (object) => asList(object.domains).map((one) => textAt(one, 'id')),
        }),
      ],
    },
    deletion(
      'connection',
      'Its users have to sign in another way.',
      'ConnectionService.DeleteConnection',
      inOrganization,
    ),
  ],
}

/** They have no provider of the sign-in page, only the key of one of agents. */
const isForAgents = (object: Json): boolean => /^$|_UNSPECIFIED$/.test(textAt(object, 'provider'))

const inEnvironment = ({ environment_connection: connection = '' }: Ids) => ({ connection_id: connection })

/** The ways in which everybody in an environment signs in, and the connections of agents. */
export const environmentConnections: Kind = {
  slug: 'connections',
  param: 'environment_connection',
  one: 'connection',
  many: 'Connections',
  lead: 'Ways to sign in for everybody, and the connections that agents use. Single sign-on is with each organization.',
  ...identity,
  list: {
    method: 'ConnectionService.ListConnections',
    message: () => ({ include: 'all' }),
    items: 'connections',
  },
  get: {
    method: 'ConnectionService.GetEnvironmentConnection',
    message: inEnvironment,
    object: 'connection',
  },
  columns,
  facts,
  creates: [
    {
      name: 'new',
      label: 'Create connection',
      lead: 'Social sign-in is OAUTH with a provider. PASSWORD, PASSWORDLESS and WEBAUTHN are with SCALEKIT.',
      method: 'ConnectionService.CreateEnvironmentConnection',
      message: () => ({ flags: { is_login: true } }),
      applies: (object) => !isForAgents(object),
      fields: () => [
        select('connection.type', 'Type', {
          ...required,
          options: options('OAUTH', 'PASSWORD', 'PASSWORDLESS', 'WEBAUTHN'),
        }),
        select('connection.provider', 'Provider', { ...required, options: SOCIAL }),
        name,
      ],
    },
    {
      name: 'agents',
      label: 'Connect agents',
      lead: 'Agents call the tools of the provider with accounts that users connect.',
      method: 'ConnectionService.CreateEnvironmentConnection',
      message: () => ({ flags: { is_app: true } }),
      applies: isForAgents,
      fields: () => [
        textField('connection.provider_key', 'Provider', {
          ...required,
          options: SIMULATED,
          help: 'The key of a provider that is simulated here, or of one that you have added.',
        }),
        select('connection.type', 'Type', {
          ...required,
          options: options('OAUTH', 'API_KEY', 'BEARER', 'BASIC'),
          help: 'How the provider authorizes requests.',
        }),
        name,
      ],
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit connection',
      method: 'ConnectionService.UpdateEnvironmentConnection',
      message: (ids, object) => ({ ...inEnvironment(ids), connection: kindOf(object) }),
      fields: editFields,
      changes: { root: 'connection' },
    },
    ...toggles('Environment', inEnvironment),
    deletion(
      'connection',
      'It disappears from the sign-in page.',
      'ConnectionService.DeleteEnvironmentConnection',
      inEnvironment,
    ),
  ],
}
