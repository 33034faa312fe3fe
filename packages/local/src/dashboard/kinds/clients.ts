import { asList, type Json, textAt } from '../dashboard-api.js'
import { code, text, texts, time, yesNo } from './cells.js'
import {
  action,
  checkbox,
  checks,
  claims,
  deletion,
  lines,
  numberField,
  options,
  required,
  select,
  textField,
} from './fields.js'
import type { Column, Field, Ids, Kind, Operation } from './kind.js'
import { organizations } from './organizations.js'

const ONE_PER_LINE = { help: 'One per line.' }
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

const TYPES = options('WEB_APP', 'SPA', 'NTV')

const fields = (): Field[] => [
  textField('client.name', 'Name', required),
  lines('client.post_login_uris', 'Redirect URIs', {
    help: 'One per line. Where people come back to after they have signed in.',
  }),
  lines('client.post_logout_redirect_uris', 'Redirect URIs after sign-out', ONE_PER_LINE),
  lines('client.back_channel_logout_uris', 'Back-channel logout URLs', ONE_PER_LINE),
  textField('client.initiate_login_uri', 'Login URL', {
    help: 'Where your application starts a sign-in, for invitations and sign-ins that an identity provider starts.',
  }),
  numberField('client.access_token_expiry', 'Access tokens expire after', {
    help: 'In seconds. Leave empty for the default.',
  }),
  lines('client.scopes', 'Scopes', ONE_PER_LINE),
  checks('client.grant_types', 'Grant types', {
    options: options('authorization_code', 'refresh_token', 'client_credentials', EXCHANGE),
    help: 'Select none for the default of the type.',
  }),
  claims('client.custom_claims'),
  checkbox('client.enforce_pkce', 'Require PKCE'),
  checkbox('client.disallow_scalekit_api_access', 'Keep it out of the management API'),
]

const secrets: Column = {
  name: 'Secrets',
  of: (object) =>
    asList(object.secrets)
      .map((secret) => `…${textAt(secret, 'secret_suffix')}`)
      .join(', ') || 'none',
}

/** Secrets as they are listed: how they end, never the secrets. */
const secretOptions = (object: Json) =>
  asList(object.secrets).map((secret) => ({
    value: textAt(secret, 'id'),
    label: `…${textAt(secret, 'secret_suffix')}`,
  }))

const deleteSecret = (method: string, message: Operation['message']): Operation => ({
  name: 'delete-secret',
  label: 'Delete a secret',
  lead: 'Whoever uses it is refused from then on.',
  method,
  message,
  fields: (object) => [
    select('secret_id', 'Secret', { ...required, options: secretOptions(object), of: () => '' }),
  ],
  applies: (object) => asList(object.secrets).length > 0,
  danger: true,
})

const newSecret = (method: string, message: Operation['message'], more: Partial<Operation> = {}) =>
  action('new-secret', 'Create secret', 'It is shown once.', method, message, {
    reveals: [{ label: 'Client secret', path: 'plain_secret' }],
    ...more,
  })

const ofEnvironment = ({ client = '' }: Ids) => ({ client_id: client })

/** The applications of an environment, and its own credentials. */
export const clients: Kind = {
  slug: 'clients',
  param: 'client',
  one: 'client',
  many: 'Clients',
  lead: 'Your applications, with their redirect URIs and login URLs, and the credentials of the environment (ENV).',
  idOf: (object) => textAt(object, 'id'),
  titleOf: (object) => textAt(object, 'name') || textAt(object, 'id'),
  list: { method: 'ClientService.ListClient', message: () => ({}), items: 'clients', paged: 'token' },
  get: { method: 'ClientService.GetClient', message: ofEnvironment, object: 'client' },
  columns: [text('Type', 'client_type'), texts('Redirect URIs', 'post_login_uris')],
  facts: [
    code('Login URL', 'initiate_login_uri'),
    texts('After sign-out', 'post_logout_redirect_uris'),
    texts('Back-channel logout', 'back_channel_logout_uris'),
    texts('Grant types', 'grant_types'),
    texts('Scopes', 'scopes'),
    yesNo('Requires PKCE', 'enforce_pkce'),
    secrets,
    time('Created', 'create_time'),
    time('Changed', 'update_time'),
  ],
  creates: [
    {
      name: 'new',
      label: 'Create client',
      lead: 'A web application keeps a secret, which you create on its page. SPA and NTV (native) use PKCE.',
      method: 'ClientService.CreateClient',
      message: () => ({}),
      applies: (object) => TYPES.some(({ value }) => value === textAt(object, 'client_type')),
      fields: () => [select('client.client_type', 'Type', { ...required, options: TYPES }), ...fields()],
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit client',
      method: 'ClientService.UpdateClient',
      message: ofEnvironment,
      fields,
      changes: { mask: 'mask', root: 'client' },
    },
    newSecret('ClientService.CreateClientSecret', ofEnvironment, {
      applies: (object) => !/SPA$|NTV$/.test(textAt(object, 'client_type')),
    }),
    deleteSecret('ClientService.DeleteClientSecret', ofEnvironment),
    deletion(
      'client',
      'Its tokens and the sign-ins through it end.',
      'ClientService.DeleteClient',
      ofEnvironment,
      { applies: (object) => object.client_type !== 'ENV' },
    ),
  ],
}

/** What the clients of machines have: those of organizations and of MCP servers. */
export const machineFields = (cannotBeEmptied: boolean): Field[] => {
  const more = cannotBeEmptied ? ({ cannotBeEmptied } as const) : {}
  return [
    textField('client.name', 'Name', { ...required, ...more }),
    textField('client.description', 'Description', more),
    lines('client.scopes', 'Scopes', { ...ONE_PER_LINE, ...more }),
    claims('client.custom_claims', more),
    numberField('client.expiry', 'Access tokens expire after', { help: 'In seconds.', ...more }),
  ]
}
export const machineFacts: readonly Column[] = [
  text('Expiry in seconds', 'expiry'),
  secrets,
  time('Created', 'create_time'),
  time('Changed', 'update_time'),
]
const audience = lines('client.audience', 'Audience', { ...ONE_PER_LINE, cannotBeEmptied: true })

const ofOrganization = ({ organization = '', organization_client: client = '' }: Ids) => ({
  organization_id: organization,
  client_id: client,
})

/** The machines of a customer, which get tokens with client credentials. */
export const organizationClients: Kind = {
  slug: 'clients',
  param: 'organization_client',
  one: 'client',
  many: 'Clients',
  lead: 'The machines of this organization, which get tokens with client credentials.',
  parent: organizations,
  idOf: (object) => textAt(object, 'client_id'),
  titleOf: (object) => textAt(object, 'name') || textAt(object, 'client_id'),
  list: {
    method: 'ClientService.ListOrganizationClients',
    message: ({ organization = '' }) => ({ organization_id: organization }),
    items: 'clients',
    paged: 'token',
  },
  get: { method: 'ClientService.GetOrganizationClient', message: ofOrganization, object: 'client' },
  columns: [text('Description', 'description'), texts('Scopes', 'scopes'), texts('Audience', 'audience')],
  facts: machineFacts,
  creates: [
    {
      name: 'new',
      label: 'Create client',
      lead: 'Its secret is shown once, on the next page.',
      method: 'ClientService.CreateOrganizationClient',
      message: ({ organization = '' }) => ({ organization_id: organization }),
      fields: () => [...machineFields(false), { ...audience, cannotBeEmptied: false }],
      reveals: [
        { label: 'Client ID', path: 'client.client_id' },
        { label: 'Client secret', path: 'plain_secret' },
      ],
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit client',
      method: 'ClientService.UpdateOrganizationClient',
      message: ofOrganization,
      fields: () => [...machineFields(true), audience],
      changes: { root: 'client' },
    },
    newSecret('ClientService.CreateOrganizationClientSecret', ofOrganization),
    deleteSecret('ClientService.DeleteOrganizationClientSecret', ofOrganization),
    deletion('client', 'Its tokens end.', 'ClientService.DeleteOrganizationClient', ofOrganization),
  ],
}
