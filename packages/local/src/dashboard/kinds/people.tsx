import { State } from '../../http/page/data-table.js'
import { asList, asObject, type Json, textAt } from '../dashboard-api.js'
import { environmentRoles, visibleRoles } from './access.js'
import { code, pairsOf, text, time, words } from './cells.js'
import {
  action,
  asReferences,
  checkbox,
  checks,
  deletion,
  emailField,
  namesOf,
  pairs,
  required,
  textField,
} from './fields.js'
import type { Choices, Column, Field, Ids, Kind, Operation } from './kind.js'
import { organizations } from './organizations.js'

const organizationChoices: Choices = {
  method: 'OrganizationService.ListOrganization',
  message: () => ({ page_size: 100 }),
  items: 'organizations',
  option: (item) => ({ value: textAt(item, 'id'), label: textAt(item, 'display_name') }),
}

const userChoices: Choices = {
  method: 'UserService.ListUsers',
  message: () => ({ page_size: 100 }),
  items: 'users',
  option: (item) => ({ value: textAt(item, 'id'), label: textAt(item, 'email') }),
}

const profile: readonly Field[] = [
  textField('user.user_profile.first_name', 'First name', { cannotBeEmptied: true }),
  textField('user.user_profile.last_name', 'Last name', { cannotBeEmptied: true }),
]
const metadata: Field = pairs('user.metadata', 'Metadata', {
  help: 'One per line: name: value',
  cannotBeEmptied: true,
})
const externalId: Field = textField('user.external_id', 'External id', {
  help: 'The id of this user in your own database.',
})
const invitation: Field = checkbox('send_invitation_email', 'Send an invitation by e-mail', {
  of: (object) => textAt(asList(object.memberships)[0], 'provisioning_method') === 'invitation',
  help: 'With it the membership waits until the invitation is accepted; the e-mail is in the outbox. Without it the user is a member at once.',
})

const newUser = (choices: Choices): Field[] => [
  emailField('user.email', 'E-mail address', required),
  ...profile,
  externalId,
  checks('user.membership.roles', 'Roles', { choices, to: asReferences }),
  metadata,
  invitation,
]

/** What an object of a user says about one organization. */
const membershipIn = (object: Json, { organization }: Ids): Json =>
  asObject(asList(object.memberships).find((one) => textAt(one, 'organization_id') === organization))

const rolesOf = (membership: Json): string => namesOf(membership.roles).join(', ') || 'no role'

function status(membership: Json) {
  const value = textAt(membership, 'membership_status')
  return <State good={value === 'ACTIVE'}>{words(value)}</State>
}

const userName: Column = text('Name', 'user_profile.name')

/** The people of an environment. */
export const users: Kind = {
  slug: 'users',
  param: 'user',
  one: 'user',
  title: 'E-mail address',
  many: 'Users',
  lead: 'The people of your customers. Each belongs to at least one organization.',
  idOf: (object) => textAt(object, 'id'),
  titleOf: (object) => textAt(object, 'email'),
  list: { method: 'UserService.ListUsers', message: () => ({}), items: 'users', paged: 'token' },
  get: {
    method: 'UserService.GetUser',
    message: ({ user = '' }) => ({ id: user }),
    object: 'user',
  },
  columns: [
    userName,
    {
      name: 'Organizations',
      of: ({ memberships }, { environment }) => (
        <ul>
          {asList(memberships).map((one) => (
            <li>
              <a href={`/dashboard/${environment}/organizations/${textAt(one, 'organization_id')}`}>
                {textAt(one, 'display_name')}
              </a>{' '}
              ({rolesOf(asObject(one))})
              {textAt(one, 'membership_status') !== 'ACTIVE' && <> {status(asObject(one))}</>}
            </li>
          ))}
        </ul>
      ),
    },
  ],
  facts: [
    code('External id', 'external_id'),
    pairsOf('Metadata', 'metadata'),
    time('Last sign-in', 'last_login_time'),
    time('Created', 'create_time'),
    time('Changed', 'update_time'),
  ],
  creates: [
    {
      name: 'new',
      label: 'Create user',
      method: 'UserService.CreateUserAndMembership',
      message: () => ({}),
      fields: () => [
        textField('organization_id', 'Organization', {
          ...required,
          choices: organizationChoices,
          help: 'Its id. The newest 100 organizations are suggested.',
          of: (object) => textAt(asList(object.memberships)[0], 'organization_id'),
        }),
        ...newUser(environmentRoles),
      ],
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit user',
      method: 'UserService.UpdateUser',
      message: ({ user = '' }) => ({ id: user }),
      fields: () => [...profile, externalId, metadata],
      changes: { root: 'user' },
    },
    deletion(
      'user',
      'Their memberships, sessions and tokens end.',
      'UserService.DeleteUser',
      ({ user = '' }) => ({ id: user }),
    ),
  ],
}

const membership = ({ organization = '', member = '' }: Ids) => ({
  organization_id: organization,
  id: member,
})

const roleChecks = (more: Partial<Field> = {}): Field =>
  checks('membership.roles', 'Roles', {
    choices: visibleRoles,
    to: asReferences,
    of: (object, ids) => namesOf(membershipIn(object, ids).roles),
    ...more,
  })

const membershipMetadata: Field = pairs('membership.metadata', 'Metadata of the membership', {
  help: 'One per line: name: value',
  cannotBeEmptied: true,
  of: (object, ids) => membershipIn(object, ids).metadata,
})

const createMember: Operation = {
  name: 'add',
  label: 'Add a user',
  lead: 'The user becomes a member of this organization.',
  method: 'UserService.CreateMembership',
  message: ({ organization = '' }) => ({ organization_id: organization }),
  fields: () => [
    textField('id', 'User', {
      ...required,
      choices: userChoices,
      help: 'The id of the user. The newest 100 users are suggested.',
    }),
    roleChecks(),
    membershipMetadata,
    invitation,
  ],
}

/** The users of an organization. */
export const members: Kind = {
  slug: 'members',
  param: 'member',
  one: 'membership',
  title: 'E-mail address',
  many: 'Members',
  lead: 'The users of this organization, and their roles in it.',
  parent: organizations,
  idOf: (object) => textAt(object, 'id'),
  titleOf: (object) => textAt(object, 'email'),
  list: {
    method: 'UserService.ListOrganizationUsers',
    message: ({ organization = '' }) => ({ organization_id: organization }),
    items: 'users',
    paged: 'token',
  },
  get: {
    method: 'UserService.GetUser',
    message: ({ member = '' }) => ({ id: member }),
    object: 'user',
    belongs: (object, ids) => membershipIn(object, ids).organization_id === ids.organization,
  },
  columns: [
    userName,
    { name: 'Roles', of: (object, ids) => rolesOf(membershipIn(object, ids)) },
    { name: 'Status', of: (object, ids) => status(membershipIn(object, ids)) },
  ],
  facts: [
    {
      name: 'User',
      of: (object, { environment }) => (
        <a href={`/dashboard/${environment}/users/${encodeURIComponent(textAt(object, 'id'))}`}>
          Profile and other organizations
        </a>
      ),
    },
  ],
  creates: [
    createMember,
    {
      name: 'new',
      label: 'Create user',
      lead: 'Creates a user who is a member of this organization.',
      method: 'UserService.CreateUserAndMembership',
      message: ({ organization = '' }) => ({ organization_id: organization }),
      fields: () => newUser(visibleRoles),
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit membership',
      method: 'UserService.UpdateMembership',
      message: membership,
      fields: () => [roleChecks({ cannotBeEmptied: true }), membershipMetadata],
      changes: { root: 'membership' },
    },
    action(
      'resend-invite',
      'Send the invitation again',
      'The e-mail is in the outbox.',
      'UserService.ResendInvite',
      membership,
      {
        applies: (object, ids) => /INVITE/.test(textAt(membershipIn(object, ids), 'membership_status')),
      },
    ),
    deletion(
      'membership',
      'The user leaves this organization. A user who belongs to no other organization is deleted.',
      'UserService.DeleteMembership',
      membership,
    ),
  ],
}
