import { type Json, textAt } from '../dashboard-api.js'
import { columns, editFields, facts, identity, kindOf, name, toggles } from './connection-fields.js'
import { deletion, options, required, select, textField } from './fields.js'
import type { Ids, Kind } from './kind.js'

const SOCIAL = options('GOOGLE', 'MICROSOFT', 'GITHUB', 'GITLAB', 'LINKEDIN', 'SALESFORCE', 'SCALEKIT')
const SIMULATED = options(
  ...['GMAIL', 'GOOGLECALENDAR', 'SLACK', 'GITHUB', 'NOTION', 'HUBSPOT', 'LINEAR', 'SALESFORCE'],
  ...['FRESHDESK', 'EXA', 'APIFYMCP'],
)

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
