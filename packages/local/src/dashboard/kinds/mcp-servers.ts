import { at, type Json, textAt } from '../dashboard-api.js'
import { code, enabled, text, texts, time, yesNo } from './cells.js'
import { machineFacts, machineFields } from './clients.js'
import { areaField, checkbox, deletion, lines, numberField, required, textField, urlField } from './fields.js'
import type { Field, Ids, Kind } from './kind.js'

const fields = (): Field[] => [
  textField('resource.name', 'Name', required),
  urlField('resource.resource_id', 'URL', {
    ...required,
    help: 'Under which clients reach it. Its tokens are for this URL.',
  }),
  areaField('resource.description', 'Description'),
  lines('resource.scopes', 'Scopes', {
    help: 'One per line. New ones are added to the environment.',
    // `scopes` leaves out names that the environment does not have.
    of: (object) => at(object, 'protected_metadata.scopes_supported'),
  }),
  textField('resource.provider', 'Sign-in connection', {
    help: 'The name of the connection that signs people in. Leave empty for the sign-in page.',
  }),
  numberField('resource.access_token_expiry', 'Access tokens expire after', { help: 'In seconds.' }),
  numberField('resource.refresh_token_expiry', 'Refresh tokens expire after', { help: 'In seconds.' }),
  checkbox('resource.disable_dynamic_client_registration', 'Refuse dynamic client registration'),
  checkbox('resource.enable_cimd', 'Accept client ID metadata documents', { initial: ['on'] }),
  checkbox('resource.xaa_enabled', 'Accept cross-app access (ID-JAG)'),
  checkbox('resource.intersect_scopes_user_permission', 'Grant only scopes that the user has as permissions'),
]

const server = ({ mcp_server: id = '' }: Ids) => ({ resource_id: id })

/** The MCP servers of an environment. */
export const mcpServers: Kind = {
  slug: 'mcp-servers',
  param: 'mcp_server',
  one: 'MCP server',
  many: 'MCP servers',
  lead: 'Each has its own authorization server, at which MCP clients get tokens.',
  idOf: (object) => textAt(object, 'id'),
  titleOf: (object) => textAt(object, 'name'),
  list: {
    method: 'ClientService.ListResources',
    message: () => ({ resource_type: 'MCP_SERVER' }),
    items: 'resources',
    paged: 'token',
  },
  get: { method: 'ClientService.GetResource', message: server, object: 'resource' },
  columns: [code('URL', 'resource_id'), texts('Scopes', 'protected_metadata.scopes_supported')],
  facts: [
    text('Description', 'description'),
    texts('Authorization server', 'protected_metadata.authorization_servers'),
    code('Metadata', 'protected_metadata_uri'),
    text('Sign-in connection', 'provider'),
    text('Access token in seconds', 'access_token_expiry'),
    text('Refresh token in seconds', 'refresh_token_expiry'),
    yesNo('Metadata documents', 'enable_cimd'),
    yesNo('Cross-app access', 'xaa_enabled'),
    time('Created', 'create_time'),
    time('Changed', 'update_time'),
  ],
  creates: [
    {
      name: 'new',
      label: 'Create MCP server',
      method: 'ClientService.CreateResource',
      message: () => ({ resource: { resource_type: 'MCP_SERVER' } }),
      fields,
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit MCP server',
      method: 'ClientService.UpdateResource',
      message: server,
      fields,
      changes: { mask: 'update_mask', root: 'resource' },
    },
    deletion('MCP server', 'Its clients, consents and tokens end.', 'ClientService.DeleteResource', server),
  ],
}

const client = (ids: Ids) => ({ ...server(ids), client_id: ids.mcp_client ?? '' })
const redirects = lines('client.redirect_uris', 'Redirect URIs', { help: 'One per line.' })
const isMade = (object: Json) => object.is_dcr !== true && object.is_cimd !== true

/** The clients of an MCP server: those created here, and those that registered themselves. */
export const mcpClients: Kind = {
  slug: 'clients',
  param: 'mcp_client',
  one: 'client',
  many: 'Clients',
  lead: 'The clients of this MCP server: those created here, and those that registered themselves.',
  parent: mcpServers,
  idOf: (object) => textAt(object, 'client_id'),
  titleOf: (object) => textAt(object, 'name') || textAt(object, 'client_id'),
  list: { method: 'ClientService.ListResourceClients', message: server, items: 'clients' },
  get: { method: 'ClientService.GetResourceClient', message: client, object: 'client' },
  columns: [
    { name: 'Created', of: (object) => (isMade(object) ? 'here' : 'by registration') },
    texts('Redirect URIs', 'redirect_uris'),
    texts('Scopes', 'scopes'),
  ],
  facts: machineFacts,
  creates: [
    {
      name: 'new',
      label: 'Create client',
      lead: 'Its secret is shown once, on the next page.',
      method: 'ClientService.CreateResourceClient',
      message: server,
      fields: () => [...machineFields(false), redirects],
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
      method: 'ClientService.UpdateResourceClient',
      message: client,
      fields: () => [...machineFields(false), redirects],
      applies: isMade,
      changes: { mask: 'update_mask', root: 'client' },
    },
    deletion('client', 'Its consents and tokens end.', 'ClientService.DeleteResourceClient', client),
  ],
}

const scope = ({ scope: id = '' }: Ids) => ({ id })

/** The scopes that MCP servers use. The API has no method that returns one. */
export const scopes: Kind = {
  slug: 'scopes',
  param: 'scope',
  one: 'scope',
  many: 'Scopes',
  lead: 'What MCP clients can ask for. An MCP server lists those that it offers.',
  idOf: (object) => textAt(object, 'id'),
  titleOf: (object) => textAt(object, 'name'),
  list: {
    method: 'ClientService.ListScopes',
    message: ({ environment = '' }) => ({ env_id: environment }),
    items: 'scopes',
  },
  columns: [text('Description', 'description'), enabled],
  creates: [
    {
      name: 'new',
      label: 'Create scope',
      method: 'ClientService.CreateScope',
      message: ({ environment = '' }) => ({ env_id: environment }),
      fields: () => [
        textField('scope.name', 'Name', { ...required, help: 'Such as projects:write.' }),
        areaField('scope.description', 'Description', required),
      ],
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit scope',
      method: 'ClientService.UpdateScope',
      message: scope,
      fields: () => [
        areaField('scope.description', 'Description', required),
        checkbox('scope.enabled', 'Enabled'),
      ],
    },
    deletion('scope', 'It must be taken from MCP servers first.', 'ClientService.DeleteScope', scope),
  ],
}
