import { asList, textAt } from '../dashboard-api.js'
import { columns, editFields, facts, identity, kindOf, name, toggles } from './connection-fields.js'
import { checks, deletion, options, required, select } from './fields.js'
import type { Ids, Kind } from './kind.js'
import { organizations } from './organizations.js'

const PROVIDERS = options(
  ...['CUSTOM', 'IDP_SIMULATOR', 'OKTA', 'GOOGLE', 'MICROSOFT_AD', 'AUTH0', 'ONELOGIN', 'PING_IDENTITY'],
  ...['JUMPCLOUD', 'ADFS'],
)

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
