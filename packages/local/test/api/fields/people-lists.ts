import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import {
  DirectoryService,
  OrganizationService,
  RolesService,
  UserService,
  WebAuthnService,
} from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { ACME, DEV, GLOBEX } from '../local.js'
import type { Observation } from './observation.js'

const ANA = 'usr_100000000000000101'
const BEN = 'usr_100000000000000102'

const ENVIRONMENT_PERMISSIONS = 2
const future = timestampFromMs(Date.now() + 3_600_000)

const ids = (rows: readonly { readonly id?: string }[]) => rows.map(({ id }) => id)

/** Which organizations, users, roles and directory entries a list or a read is about. */
export const peopleFilterFields: readonly Observation[] = [
  {
    seen: 'in which organizations, users, roles and passkeys are listed or read',
    fields: [
      [OrganizationService.method.getOrganization, 'external_id'],
      [OrganizationService.method.getOrganizationByExternalId, 'id'],
      [OrganizationService.method.listOrganization, 'external_id'],
      [OrganizationService.method.searchOrganization, 'query'],
      [UserService.method.searchUsers, 'query'],
      [UserService.method.searchOrganizationUsers, 'query'],
      [RolesService.method.listPermissions, 'type'],
      ...[
        RolesService.method.getRole,
        RolesService.method.listRoles,
        RolesService.method.getOrganizationRole,
        RolesService.method.listOrganizationRoles,
      ].map((method) => [method, 'include'] as const),
      [WebAuthnService.method.listCredentials, 'user_id'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(OrganizationService)
      const acme = { case: 'externalId' as const, value: 'acme' }
      const byId = { case: 'id' as const, value: ACME }
      expect((await api.getOrganization({ identities: acme })).organization?.id).toBe(ACME)
      expect((await api.getOrganizationByExternalId({ identities: byId })).organization?.id).toBe(ACME)
      expect(ids((await api.listOrganization({ externalId: 'acme' })).organizations)).toEqual([ACME])
      expect(ids((await api.searchOrganization({ query: 'robotics' })).organizations)).toEqual([ACME])
      const users = wire.client(UserService)
      expect(ids((await users.searchUsers({ query: 'ana@' })).users)).toEqual([ANA])
      expect((await users.searchOrganizationUsers({ organizationId: GLOBEX, query: 'ana@' })).users).toEqual(
        [],
      )
      expect(
        ids((await users.searchOrganizationUsers({ organizationId: ACME, query: 'ana@' })).users),
      ).toEqual([ANA])
      const roles = wire.client(RolesService)
      expect((await roles.listPermissions({ type: ENVIRONMENT_PERMISSIONS })).permissions).toHaveLength(3)
      expect((await roles.listPermissions({ type: 1 })).permissions).toEqual([])
      const held = async (include: string) => {
        const one = { include, roleName: 'guest' }
        const all = [
          (await roles.listRoles({ include })).roles,
          (await roles.listOrganizationRoles({ include, orgId: ACME })).roles,
        ]
        const guests = all.map((list) => list.find(({ name }) => name === 'guest'))
        const read = [
          (await roles.getRole(one)).role,
          (await roles.getOrganizationRole({ ...one, orgId: ACME })).role,
        ]
        return [...guests, ...read].map((role) => role?.permissions.length)
      }
      expect(await held('')).toEqual([0, 0, 0, 0])
      expect(await held('permissions')).toEqual([1, 1, 1, 1])
      const row = { id: 'cred_1', environment_id: DEV, user_id: ANA, created_at: 1, updated_at: 1 }
      await local.database.db
        .insertInto('passkeys')
        .values({ ...row, data: '{"credentialId":"AQID"}' })
        .execute()
      const passkeys = wire.client(WebAuthnService)
      expect((await passkeys.listCredentials({ userId: ANA })).credentials).toHaveLength(1)
      expect((await passkeys.listCredentials({ userId: BEN })).credentials).toEqual([])
    },
  },
  {
    seen: 'in which users and groups of a directory are listed, and in their details',
    fields: [
      [DirectoryService.method.listDirectoryUsers, 'include_detail', 'directory_group_id', 'updated_after'],
      [DirectoryService.method.listDirectoryGroups, 'include_detail', 'updated_after'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(DirectoryService)
      const named = { organizationId: ACME, directoryId: 'dir_100000000000000001' }
      const { plainSecret } = await api.createDirectorySecret(named)
      await api.enableDirectory({ organizationId: ACME, id: named.directoryId })
      const scim = async (path: string, body: object) => {
        const url = `/${DEV}/directories/${named.directoryId}/scim/v2/${path}`
        const headers = { 'content-type': 'application/scim+json' }
        const answer = await local.rest('POST', url, { token: `Bearer ${plainSecret}`, body, headers })
        expect(answer.status).toBe(201)
        return String(answer.body.id)
      }
      const schema = 'urn:ietf:params:scim:schemas:core:2.0'
      const emails = [{ value: 'zoe@acme.example', primary: true }]
      const user = await scim('Users', { schemas: [`${schema}:User`], userName: 'zoe@acme.example', emails })
      await scim('Users', { schemas: [`${schema}:User`], userName: 'yan@acme.example' })
      const group = await scim('Groups', {
        schemas: [`${schema}:Group`],
        displayName: 'Crew',
        members: [{ value: user }],
      })
      expect((await api.listDirectoryUsers(named)).users).toHaveLength(2)
      const inGroup = await api.listDirectoryUsers({ ...named, directoryGroupId: group, includeDetail: true })
      expect(ids(inGroup.users)).toEqual([user])
      expect(inGroup.users[0]?.userDetail).toMatchObject({ userName: 'zoe@acme.example' })
      const [detailed] = (await api.listDirectoryGroups({ ...named, includeDetail: true })).groups
      expect(detailed?.groupDetail).toMatchObject({ displayName: 'Crew' })
      expect((await api.listDirectoryUsers({ ...named, updatedAfter: future })).users).toEqual([])
      expect((await api.listDirectoryGroups({ ...named, updatedAfter: future })).groups).toEqual([])
    },
  },
]
