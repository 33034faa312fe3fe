import { type Json, textAt } from '../dashboard-api.js'
import { text, texts, time } from './cells.js'
import { action, areaField, checks, deletion, namesOf, required, select, textField } from './fields.js'
import type { Choices, Column, Field, Ids, Kind, Operation } from './kind.js'
import { organizations } from './organizations.js'

const permissionChoices: Choices = {
  method: 'RolesService.ListPermissions',
  message: () => ({}),
  items: 'permissions',
  paged: 'token',
  option: (item) => {
    const [name, description] = [textAt(item, 'name'), textAt(item, 'description')]
    return { value: name, label: description === '' ? name : `${name}: ${description}` }
  },
}

export const environmentRoles: Choices = {
  method: 'RolesService.ListRoles',
  message: () => ({}),
  items: 'roles',
  option: roleOption,
}

export const visibleRoles: Choices = {
  method: 'RolesService.ListOrganizationRoles',
  message: ({ organization = '' }) => ({ org_id: organization }),
  items: 'roles',
  option: roleOption,
}

function roleOption(item: Json) {
  const name = textAt(item, 'name')
  return { value: name, label: `${textAt(item, 'display_name')} (${name})` }
}

const nameField: Field = textField('role.name', 'Name', {
  ...required,
  help: 'What code and tokens say, such as billing_admin. It cannot be changed.',
})
const changeable = (bases: Choices): Field[] => [
  textField('role.display_name', 'Display name', required),
  textField('role.description', 'Description'),
  select('role.extends', 'Extends', { choices: bases, help: 'Its permissions are inherited.' }),
  checks('role.permissions', 'Permissions', {
    choices: permissionChoices,
    of: (object) => namesOf(object.permissions),
    cannotBeEmptied: true,
  }),
]

const reassign = (choices: Choices): Field =>
  select('reassign_role_name', 'Give its users the role', {
    choices,
    help: 'Needed while users have the role.',
  })

const columns: readonly Column[] = [
  text('Display name', 'display_name'),
  {
    name: 'Given to',
    of: (object) =>
      [object.default_creator === true && 'creators', object.default_member === true && 'members']
        .filter(Boolean)
        .join(', ') || '–',
  },
  text('Extends', 'extends'),
  texts('Permissions', 'permissions', 'name'),
]

const ofEnvironment = ({ role = '' }: Ids) => ({ role_name: role })
const ofOrganization = ({ organization = '', organization_role: role = '' }: Ids) => ({
  org_id: organization,
  role_name: role,
})

const removeBase = (method: string, message: Operation['message']): Operation =>
  action('remove-base', 'Remove the base', 'The role keeps only its own permissions.', method, message, {
    applies: (object) => textAt(object, 'extends') !== '',
  })

/** The roles of an environment. */
export const roles: Kind = {
  slug: 'roles',
  param: 'role',
  one: 'role',
  many: 'Roles',
  lead: 'What users may do, in every organization.',
  idOf: (object) => textAt(object, 'name'),
  titleOf: (object) => textAt(object, 'name'),
  list: { method: 'RolesService.ListRoles', message: () => ({ include: 'permissions' }), items: 'roles' },
  get: {
    method: 'RolesService.GetRole',
    message: (ids) => ({ ...ofEnvironment(ids), include: 'permissions' }),
    object: 'role',
  },
  columns,
  facts: [text('Description', 'description')],
  creates: [
    {
      name: 'new',
      label: 'Create role',
      method: 'RolesService.CreateRole',
      message: () => ({}),
      fields: () => [nameField, ...changeable(environmentRoles)],
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit role',
      method: 'RolesService.UpdateRole',
      message: ofEnvironment,
      fields: () => changeable(environmentRoles),
      changes: { root: 'role' },
    },
    action(
      'default-member',
      'Give to new members',
      'Users who join an organization get this role.',
      'RolesService.UpdateDefaultRoles',
      ({ role = '' }) => ({ default_member_role: role }),
      { applies: (object) => object.default_member !== true },
    ),
    action(
      'default-creator',
      'Give to creators',
      'Users who create an organization get this role.',
      'RolesService.UpdateDefaultRoles',
      ({ role = '' }) => ({ default_creator_role: role }),
      { applies: (object) => object.default_creator !== true },
    ),
    removeBase('RolesService.DeleteRoleBase', ofEnvironment),
    deletion(
      'role',
      'The role is taken from everybody who has it.',
      'RolesService.DeleteRole',
      ofEnvironment,
      {
        fields: () => [reassign(environmentRoles)],
      },
    ),
  ],
}

/** The roles of one organization, which its environment does not have. */
export const organizationRoles: Kind = {
  slug: 'roles',
  param: 'organization_role',
  one: 'role',
  many: 'Roles',
  lead: 'The roles that only this organization has.',
  parent: organizations,
  idOf: roles.idOf,
  titleOf: roles.titleOf,
  list: {
    method: 'RolesService.ListOrganizationRoles',
    message: ({ organization = '' }) => ({ org_id: organization, include: 'permissions' }),
    items: 'roles',
    shows: (object) => object.is_org_role === true,
  },
  get: {
    method: 'RolesService.GetOrganizationRole',
    message: (ids) => ({ ...ofOrganization(ids), include: 'permissions' }),
    object: 'role',
  },
  columns,
  facts: [text('Description', 'description')],
  creates: [
    {
      name: 'new',
      label: 'Create role',
      method: 'RolesService.CreateOrganizationRole',
      message: ({ organization = '' }) => ({ org_id: organization }),
      fields: () => [nameField, ...changeable(visibleRoles)],
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit role',
      method: 'RolesService.UpdateOrganizationRole',
      message: ofOrganization,
      fields: () => changeable(visibleRoles),
      changes: { root: 'role' },
    },
    action(
      'default-member',
      'Give to new members',
      'Users who join this organization get this role.',
      'RolesService.UpdateDefaultOrganizationRoles',
      ({ organization = '', organization_role: role = '' }) => ({
        org_id: organization,
        default_member_role: role,
      }),
      { applies: (object) => object.default_member !== true },
    ),
    removeBase('RolesService.DeleteOrganizationRoleBase', ofOrganization),
    deletion(
      'role',
      'The role is taken from everybody who has it.',
      'RolesService.DeleteOrganizationRole',
      ofOrganization,
      { fields: () => [reassign(visibleRoles)] },
    ),
  ],
}

const permissionFields = (): Field[] => [
  textField('permission.name', 'Name', { ...required, help: 'Such as projects:write.' }),
  areaField('permission.description', 'Description', required),
]

/** The permissions of an environment. */
export const permissions: Kind = {
  slug: 'permissions',
  param: 'permission',
  one: 'permission',
  many: 'Permissions',
  lead: 'What roles consist of. Tokens list those of the user.',
  idOf: (object) => textAt(object, 'name'),
  titleOf: (object) => textAt(object, 'name'),
  list: {
    method: 'RolesService.ListPermissions',
    message: () => ({}),
    items: 'permissions',
    paged: 'token',
  },
  get: {
    method: 'RolesService.GetPermission',
    message: ({ permission = '' }) => ({ permission_name: permission }),
    object: 'permission',
  },
  columns: [text('Description', 'description'), time('Created', 'create_time')],
  creates: [
    {
      name: 'new',
      label: 'Create permission',
      method: 'RolesService.CreatePermission',
      message: () => ({}),
      fields: permissionFields,
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit permission',
      method: 'RolesService.UpdatePermission',
      message: ({ permission = '' }) => ({ permission_name: permission }),
      fields: permissionFields,
    },
    deletion(
      'permission',
      'Every role loses it.',
      'RolesService.DeletePermission',
      ({ permission = '' }) => ({ permission_name: permission }),
    ),
  ],
}
