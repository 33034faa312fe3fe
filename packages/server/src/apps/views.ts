import type { Field, View } from './view.js'

const id: Field = { path: 'id', label: 'ID' }
const connectionFields: readonly Field[] = [
  { path: 'keyId', label: 'Name' },
  { path: 'type', label: 'Type' },
  { path: 'provider', label: 'Provider' },
  { path: 'status', label: 'Status' },
  { path: 'enabled', label: 'Enabled', kind: 'flag' },
  { path: 'domains', label: 'Domains', kind: 'list' },
  id,
]

/** The results that have a view, one for each tool. */
export const views: readonly View[] = [
  {
    tool: 'list_organizations',
    title: 'Organizations',
    form: 'table',
    member: 'items',
    fields: [
      { path: 'displayName', label: 'Name' },
      { path: 'externalId', label: 'External ID' },
      { path: 'createdAt', label: 'Created', kind: 'time' },
      id,
    ],
  },
  {
    tool: 'list_organization_users',
    title: 'Users',
    form: 'table',
    member: 'items',
    fields: [
      { path: 'email', label: 'E-mail' },
      { path: 'name', label: 'Name' },
      { path: 'roles', label: 'Roles', kind: 'list' },
      { path: 'status', label: 'Status' },
      { path: 'lastLoginAt', label: 'Last sign-in', kind: 'time' },
      id,
    ],
  },
  {
    tool: 'list_environment_connections',
    title: 'Connections of the environment',
    form: 'table',
    member: 'items',
    fields: connectionFields,
  },
  {
    tool: 'list_organization_connections',
    title: 'Connections of the organization',
    form: 'table',
    member: 'items',
    fields: connectionFields,
  },
  {
    tool: 'list_mcp_servers',
    title: 'MCP servers',
    form: 'table',
    member: 'items',
    fields: [
      { path: 'name', label: 'Name' },
      { path: 'url', label: 'URL' },
      { path: 'scopes', label: 'Scopes', kind: 'list' },
      id,
    ],
  },
  {
    tool: 'get_connection',
    title: 'Connection',
    form: 'card',
    member: 'connection',
    fields: [
      ...connectionFields,
      { path: 'oidc.issuer', label: 'Issuer' },
      { path: 'oidc.redirectUri', label: 'Redirect URI' },
      { path: 'updatedAt', label: 'Updated', kind: 'time' },
    ],
  },
]
