import { create } from '@bufbuild/protobuf'
import { roles } from '@scalekit-mcp/api'
import {
  ScalekitBadRequestException,
  ScalekitConflictException,
  ScalekitNotFoundException,
} from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, startLocal } from './local.js'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

const newRole = (
  name: string,
  more: { extends?: string; permissions?: string[]; description?: string } = {},
) => create(roles.CreateRoleSchema, { name, displayName: name.toUpperCase(), ...more })
const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name)

describe('roles of an environment, through the official SDK', () => {
  it('are created, read, changed and deleted', async () => {
    const { role: api } = local.sdk(DEV)
    const { role } = await api.createRole(
      newRole('editor', { permissions: ['projects:write'], description: 'Edits' }),
    )
    expect(role?.id).toMatch(/^role_\d{18}$/)
    expect(role).toMatchObject({
      name: 'editor',
      displayName: 'EDITOR',
      description: 'Edits',
      isOrgRole: false,
      permissions: [{ name: 'projects:write', roleName: 'editor' }],
    })
    await expect(api.createRole(newRole('editor'))).rejects.toThrow(ScalekitConflictException)
    await expect(api.createRole(newRole('no spaces'))).rejects.toThrow(ScalekitBadRequestException)
    await expect(api.createRole(newRole('other', { permissions: ['no:such'] }))).rejects.toThrow(
      ScalekitNotFoundException,
    )
    await expect(api.getRole('other')).rejects.toThrow(ScalekitNotFoundException)
    await api.updateRole('editor', create(roles.UpdateRoleSchema, { displayName: 'Editor' }))
    expect((await api.getRole('editor')).role).toMatchObject({ displayName: 'Editor', description: 'Edits' })
    expect(names((await api.listRoles()).roles)).toEqual(['admin', 'member', 'guest', 'editor'])
    await api.deleteRole('editor')
    await expect(api.getRole('editor')).rejects.toThrow(ScalekitNotFoundException)
  })

  it('inherit, and cannot inherit in a circle', async () => {
    const { role: api, permission } = local.sdk(DEV)
    await api.createRole(newRole('lead', { extends: 'member', permissions: ['billing:manage'] }))
    expect(names((await permission.listEffectiveRolePermissions('lead')).permissions)).toEqual([
      'projects:read',
      'projects:write',
      'billing:manage',
    ])
    expect(names((await permission.listRolePermissions('lead')).permissions)).toEqual(['billing:manage'])
    expect(names((await api.listDependentRoles('member')).roles)).toEqual(['lead'])
    expect((await api.getRole('member')).role?.dependentRolesCount).toBe(1)
    await expect(
      api.updateRole('member', create(roles.UpdateRoleSchema, { extends: 'lead' })),
    ).rejects.toThrow(ScalekitBadRequestException)
    await expect(api.deleteRole('member', 'guest')).rejects.toThrow(ScalekitBadRequestException)
    await api.deleteRoleBase('lead')
    expect((await api.getRole('lead')).role?.extends).toBeUndefined()
  })

  it('cannot be deleted under the users who hold them, unless another takes their place', async () => {
    const sdk = local.sdk(DEV)
    expect((await sdk.role.getRoleUsersCount('guest')).count).toBe(1n)
    await expect(sdk.role.deleteRole('guest')).rejects.toThrow(ScalekitBadRequestException)
    await expect(sdk.role.deleteRole('guest', 'nobody')).rejects.toThrow(ScalekitNotFoundException)
    await sdk.role.deleteRole('guest', 'member')
    expect(names((await sdk.user.listUserRoles(ACME, 'usr_100000000000000103')).roles)).toEqual(['member'])
  })

  it('have a default for creators and one for members', async () => {
    const { role: api } = local.sdk(DEV)
    const { defaultCreator, defaultMember } = await api.updateDefaultRoles({ defaultMemberRole: 'guest' })
    expect([defaultCreator?.name, defaultMember?.name]).toEqual(['admin', 'guest'])
    expect((await api.listRoles()).roles.filter((role) => role.defaultMember)).toMatchObject([
      { name: 'guest' },
    ])
  })
})

describe('roles of an organization', () => {
  const own = (name: string, more: { extends?: string } = {}) =>
    create(roles.CreateOrganizationRoleSchema, { name, displayName: name, ...more })

  it('stand beside those of the environment, in that organization only', async () => {
    const sdk = local.sdk(DEV)
    const { role } = await sdk.role.createOrganizationRole(ACME, own('auditor', { extends: 'guest' }))
    expect(role).toMatchObject({ name: 'auditor', isOrgRole: true, extends: 'guest' })
    expect(names((await sdk.role.listOrganizationRoles(ACME)).roles)).toEqual([
      'admin',
      'member',
      'guest',
      'auditor',
    ])
    expect(names((await sdk.role.listOrganizationRoles(GLOBEX)).roles)).toEqual(['admin', 'member', 'guest'])
    await expect(sdk.role.getRole('auditor')).rejects.toThrow(ScalekitNotFoundException)
    await expect(
      sdk.user.createMembership(GLOBEX, 'usr_100000000000000101', { roles: ['auditor'] }),
    ).rejects.toThrow(ScalekitNotFoundException)
    const { user } = await sdk.user.updateMembership(ACME, 'usr_100000000000000101', { roles: ['auditor'] })
    expect(user?.memberships[0]).toMatchObject({
      roles: [{ name: 'auditor' }],
      permissions: ['projects:read'],
    })
    expect((await sdk.role.getOrganizationRoleUsersCount(ACME, 'auditor')).count).toBe(1n)
    await expect(sdk.role.deleteRole('guest', 'member')).rejects.toThrow(ScalekitBadRequestException)
  })

  it('have no name of a role of the environment, nor the other way round', async () => {
    const { role: api } = local.sdk(DEV)
    await expect(api.createOrganizationRole(ACME, own('admin'))).rejects.toThrow(ScalekitConflictException)
    await api.createOrganizationRole(ACME, own('auditor'))
    await api.createOrganizationRole(GLOBEX, own('auditor'))
    await expect(api.createRole(newRole('auditor'))).rejects.toThrow(ScalekitConflictException)
    expect(names((await api.listOrganizationRoles(GLOBEX)).roles)).toEqual([
      'admin',
      'member',
      'guest',
      'auditor',
    ])
  })

  it('change and go like those of the environment', async () => {
    const { role: api } = local.sdk(DEV)
    await api.createOrganizationRole(ACME, own('auditor', { extends: 'guest' }))
    await api.updateOrganizationRole(
      ACME,
      'auditor',
      create(roles.UpdateRoleSchema, { displayName: 'Auditor' }),
    )
    await api.deleteOrganizationRoleBase(ACME, 'auditor')
    const { role } = await api.getOrganizationRole(ACME, 'auditor')
    expect([role?.displayName, role?.extends]).toEqual(['Auditor', undefined])
    await expect(api.deleteOrganizationRole(ACME, 'guest')).rejects.toThrow(ScalekitNotFoundException)
    await api.deleteOrganizationRole(ACME, 'auditor')
  })

  it('can be the default of new users', async () => {
    const sdk = local.sdk(DEV)
    const { defaultMember } = await sdk.role.updateDefaultOrganizationRoles(ACME, 'guest')
    expect(defaultMember).toMatchObject({ name: 'guest', defaultMember: true })
    const visible = (await sdk.role.listOrganizationRoles(ACME)).roles
    expect(names(visible.filter((role) => role.defaultMember))).toEqual(['guest'])
    expect((await sdk.role.getOrganizationRole(ACME, 'guest')).role).toMatchObject({ defaultMember: true })
    const { user } = await sdk.user.createUserAndMembership(ACME, { email: 'new@acme.example' })
    expect(names(user?.memberships[0]?.roles ?? [])).toEqual(['guest'])
  })
})

describe('permissions', () => {
  it('are created, listed, changed and deleted', async () => {
    const { permission: api } = local.sdk(DEV)
    const { permission } = await api.createPermission(
      create(roles.CreatePermissionSchema, { name: 'wiki:read', description: 'Read' }),
    )
    expect(permission).toMatchObject({ name: 'wiki:read', description: 'Read', isScalekitPermission: false })
    await expect(
      api.createPermission(create(roles.CreatePermissionSchema, { name: 'wiki:read' })),
    ).rejects.toThrow(ScalekitConflictException)
    await expect(
      api.createPermission(create(roles.CreatePermissionSchema, { name: 'no spaces' })),
    ).rejects.toThrow(ScalekitBadRequestException)
    const { permissions, totalSize } = await api.listPermissions(undefined, 2)
    expect([names(permissions), totalSize]).toEqual([['wiki:read', 'billing:manage'], 4])
    await api.updatePermission(
      'wiki:read',
      create(roles.CreatePermissionSchema, { name: 'wiki:see', description: 'See' }),
    )
    expect((await api.getPermission('wiki:see')).permission?.description).toBe('See')
    await api.deletePermission('wiki:see')
    await expect(api.getPermission('wiki:see')).rejects.toThrow(ScalekitNotFoundException)
  })

  it('are added to roles and removed from them', async () => {
    const { permission: api } = local.sdk(DEV)
    expect(
      names((await api.addPermissionsToRole('guest', ['billing:manage', 'projects:read'])).permissions),
    ).toEqual(['projects:read', 'billing:manage'])
    await api.removePermissionFromRole('guest', 'projects:read')
    expect(names((await api.listRolePermissions('guest')).permissions)).toEqual(['billing:manage'])
    await expect(api.addPermissionsToRole('guest', ['no:such'])).rejects.toThrow(ScalekitNotFoundException)
  })
})
