import { asList, at, type Json, textAt } from '../dashboard-api.js'
import { code, pairsOf, text, time } from './cells.js'
import {
  checkbox,
  checks,
  deletion,
  numberField,
  options,
  pairs,
  required,
  select,
  textField,
  urlField,
} from './fields.js'
import type { Field, Kind } from './kind.js'

const fields = (): Field[] => [
  textField('organization.display_name', 'Name', required),
  textField('organization.external_id', 'External id', {
    help: 'The id of this organization in your own database.',
  }),
  textField('organization.slug', 'Slug'),
  urlField('organization.logo_url', 'Logo URL'),
  pairs('organization.metadata', 'Metadata', { help: 'One per line: name: value' }),
]

const FEATURES = ['sso', 'dir_sync']
const UNITS = options('MINUTES', 'HOURS', 'DAYS')

/** The customers of an application. */
export const organizations: Kind = {
  slug: 'organizations',
  param: 'organization',
  one: 'organization',
  many: 'Organizations',
  lead: 'The customers of your application. Users, connections, directories and domains belong to one.',
  idOf: (object) => textAt(object, 'id'),
  titleOf: (object) => textAt(object, 'display_name'),
  list: {
    method: 'OrganizationService.ListOrganization',
    message: () => ({}),
    items: 'organizations',
    paged: 'token',
  },
  get: {
    method: 'OrganizationService.GetOrganization',
    message: ({ organization = '' }) => ({ id: organization }),
    object: 'organization',
  },
  columns: [text('External id', 'external_id'), time('Created', 'create_time')],
  facts: [
    code('Slug', 'slug'),
    code('Logo', 'logo_url'),
    pairsOf('Metadata', 'metadata'),
    { name: 'Features', of: (object) => enabledFeatures(object).join(', ') || '–' },
    time('Changed', 'update_time'),
  ],
  creates: [
    {
      name: 'new',
      label: 'Create organization',
      method: 'OrganizationService.CreateOrganization',
      message: () => ({}),
      fields,
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit organization',
      method: 'OrganizationService.UpdateOrganization',
      message: ({ organization = '' }) => ({ id: organization }),
      fields,
      changes: { mask: 'update_mask', root: 'organization' },
    },
    {
      name: 'portal-link',
      label: 'Create portal link',
      lead: 'An administrator of this organization sets up single sign-on, directories and domains behind this link. It opens once, within a minute.',
      method: 'OrganizationService.GeneratePortalLink',
      message: ({ organization = '' }) => ({ id: organization }),
      fields: () => [
        checks('features', 'Features', {
          options: options(...FEATURES),
          help: 'Select none to offer all of them.',
        }),
      ],
      reveals: [{ label: 'Open the admin portal', path: 'link.location', link: true }],
    },
    {
      name: 'features',
      label: 'Change features',
      lead: 'What the admin portal of this organization offers.',
      method: 'OrganizationService.UpdateOrganizationSettings',
      message: ({ organization = '' }) => ({ id: organization }),
      fields: () => [
        checks('settings.features', 'Features', {
          options: options(...FEATURES),
          of: enabledFeatures,
          to: (value) => FEATURES.map((name) => ({ name, enabled: asList(value).includes(name) })),
        }),
      ],
    },
    {
      name: 'session-policy',
      label: 'Change session policy',
      lead: 'How long users of this organization stay signed in. With APPLICATION, the policy of the environment applies and the other fields are ignored.',
      method: 'OrganizationService.UpdateOrganizationSessionPolicy',
      message: ({ organization = '' }) => ({ organization_id: organization }),
      reads: {
        method: 'OrganizationService.GetOrganizationSessionPolicy',
        message: ({ organization = '' }) => ({ organization_id: organization }),
        object: 'policy',
      },
      fields: () => [
        select('policy_source', 'Policy', {
          ...required,
          options: options('APPLICATION', 'CUSTOM'),
        }),
        numberField('absolute_session_timeout', 'Session ends after'),
        select('absolute_session_timeout_unit', 'Unit', {
          options: UNITS,
        }),
        checkbox('idle_session_timeout_enabled', 'End idle sessions'),
        numberField('idle_session_timeout', 'Idle session ends after'),
        select('idle_session_timeout_unit', 'Unit of the idle timeout', {
          options: UNITS,
        }),
      ],
    },
    {
      name: 'user-limit',
      label: 'Change user limit',
      lead: 'How many users this organization may have.',
      method: 'OrganizationService.UpsertUserManagementSettings',
      message: ({ organization = '' }) => ({ organization_id: organization }),
      reads: {
        method: 'OrganizationService.GetOrganizationUserManagementSetting',
        message: ({ organization = '' }) => ({ organization_id: organization }),
        object: 'settings',
      },
      fields: () => [
        numberField('settings.max_allowed_users', 'Highest number of users', {
          help: 'Leave empty for no limit.',
          // The API says 0 for none.
          of: (object) => Number(at(object, 'max_allowed_users')) || undefined,
        }),
      ],
      changes: { root: 'settings' },
    },
    deletion(
      'organization',
      'Its memberships, connections, directories, domains and clients are deleted with it. Users who belong to no other organization are deleted too.',
      'OrganizationService.DeleteOrganization',
      ({ organization = '' }) => ({ id: organization }),
    ),
  ],
}

function enabledFeatures(object: Json): string[] {
  return asList(at(object, 'settings.features'))
    .filter((one) => at(one, 'enabled') === true)
    .map((one) => textAt(one, 'name'))
}
