import { asList, textAt } from '../dashboard-api.js'
import { code, enabled, inWords, text, time } from './cells.js'
import { action, deletion, isEnabled, options, required, select, textField } from './fields.js'
import type { Ids, Kind } from './kind.js'
import { organizations } from './organizations.js'

const PROVIDERS = options('OKTA', 'GOOGLE', 'MICROSOFT_AD', 'AUTH0', 'ONELOGIN', 'JUMPCLOUD', 'PING_IDENTITY')
const provider = select('directory.directory_provider', 'Provider', { options: PROVIDERS })

const one = ({ organization = '', directory = '' }: Ids) => ({ organization_id: organization, id: directory })

/** The directories of an organization, which its identity provider fills. */
export const directories: Kind = {
  slug: 'directories',
  param: 'directory',
  one: 'directory',
  many: 'Directories',
  lead: 'An identity provider sends users and groups of this organization over SCIM.',
  parent: organizations,
  idOf: (object) => textAt(object, 'id'),
  titleOf: (object) => textAt(object, 'name'),
  list: {
    method: 'DirectoryService.ListDirectories',
    message: ({ organization = '' }) => ({ organization_id: organization }),
    items: 'directories',
  },
  get: { method: 'DirectoryService.GetDirectory', message: one, object: 'directory' },
  columns: [
    text('Type', 'directory_type'),
    inWords('Provider', 'directory_provider'),
    text('Users', 'total_users'),
    text('Groups', 'total_groups'),
    enabled,
  ],
  facts: [
    code('SCIM endpoint', 'directory_endpoint'),
    {
      name: 'Secrets',
      of: (object) =>
        asList(object.secrets)
          .map((secret) => `…${textAt(secret, 'secret_suffix')}`)
          .join(', ') || 'none yet',
    },
    time('Last synced', 'last_synced_at'),
  ],
  creates: [
    {
      name: 'new',
      label: 'Create directory',
      method: 'DirectoryService.CreateDirectory',
      message: ({ organization = '' }) => ({
        organization_id: organization,
        directory: { directory_type: 'SCIM' },
      }),
      fields: () => [provider],
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit directory',
      method: 'DirectoryService.UpdateDirectory',
      message: one,
      fields: () => [textField('directory.name', 'Name', required), provider],
    },
    action(
      'new-secret',
      'Create secret',
      'The identity provider sends it as its bearer token. It is shown once.',
      'DirectoryService.CreateDirectorySecret',
      ({ organization = '', directory = '' }) => ({
        organization_id: organization,
        directory_id: directory,
      }),
      { reveals: [{ label: 'Secret', path: 'plain_secret' }] },
    ),
    action(
      'enable',
      'Enable directory',
      'The identity provider can send users. It needs a secret.',
      'DirectoryService.EnableDirectory',
      one,
      { applies: (object) => !isEnabled(object) },
    ),
    action(
      'disable',
      'Disable directory',
      'What the identity provider sends is refused until it is enabled again.',
      'DirectoryService.DisableDirectory',
      one,
      { applies: isEnabled },
    ),
    deletion(
      'directory',
      'Memberships that it created become inactive, and the roles of its groups end.',
      'DirectoryService.DeleteDirectory',
      one,
    ),
  ],
}
