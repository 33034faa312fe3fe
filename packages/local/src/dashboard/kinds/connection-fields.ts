import { at, type Json, textAt } from '../dashboard-api.js'
import { code, enabled, inWords, pairsOf, text, texts, time, words } from './cells.js'
import {
  action,
  areaField,
  checkbox,
  isEnabled,
  options,
  pairs,
  secretField,
  select,
  textField,
  urlField,
} from './fields.js'
import type { Column, Field, Operation } from './kind.js'

/** The field for the name of a connection. */
export const name: Field = textField('connection.key_id', 'Name', {
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

/** The form that changes a connection, by its type. */
export const editFields = (object: Json): Field[] => [
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
export const kindOf = ({ type = '', provider = '', provider_key = '' }: Json): Json => ({
  type,
  provider,
  provider_key,
})

/** The columns of a list of connections. */
export const columns: readonly Column[] = [
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
/** More facts for the page of a connection. */
export const facts: readonly Column[] = [
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

/** Enables and disables a connection; `scope` is `Environment` or empty, as in the names of the methods. */
export const toggles = (scope: string, message: Operation['message']): Operation[] => [
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

/** How a connection is identified. */
export const identity = {
  idOf: (object: Json) => textAt(object, 'id'),
  titleOf: (object: Json) => textAt(object, 'key_id') || textAt(object, 'id'),
}
