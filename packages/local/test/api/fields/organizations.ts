import { Code } from '@connectrpc/connect'
import { MembersService, OrganizationService, UserService } from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { Browser } from '../../oauth/browser.js'
import { ACME, DEV } from '../local.js'
import { type Observation, under } from './observation.js'

const { method } = OrganizationService
const DIR_SYNC = 1
const ADMIN = 1
const MEMBER_SCOPES = ['workspace:write', 'environment:write', 'organization:write']
const described = ['display_name', 'external_id', 'metadata', 'slug', 'logo_url']

/** Organizations and the members of the workspace. */
export const organizationFields: readonly Observation[] = [
  {
    seen: 'in the organization, in searches, and when an organization is named by its external id',
    fields: [
      [method.createOrganization, ...under('organization', ...described)],
      [method.updateOrganization, 'external_id', 'update_mask', ...under('organization', ...described)],
      [method.deleteOrganization, 'external_id'],
    ],
    async observe({ wire }) {
      const api = wire.client(OrganizationService)
      const first = {
        displayName: 'Hooli',
        externalId: 'hooli',
        metadata: { plan: 'free' },
        slug: 'hooli',
        logoUrl: 'https://hooli.example/logo.png',
      }
      const { organization } = await api.createOrganization({ organization: first })
      expect(organization).toMatchObject(first)
      expect((await api.searchOrganization({ query: 'hooli' })).organizations).toHaveLength(1)
      const second = {
        displayName: 'Hooli XYZ',
        externalId: 'hooli-xyz',
        metadata: { plan: 'paid' },
        slug: 'hooli-xyz',
        logoUrl: 'https://hooli.example/xyz.png',
      }
      const identities = { case: 'externalId' as const, value: 'hooli' }
      await api.updateOrganization({
        identities,
        organization: second,
        updateMask: { paths: ['display_name'] },
      })
      const id = { case: 'id' as const, value: organization?.id ?? '' }
      const masked = await api.getOrganization({ identities: id })
      expect(masked.organization).toMatchObject({ ...first, displayName: 'Hooli XYZ' })
      await api.updateOrganization({ identities, organization: second })
      expect((await api.getOrganization({ identities: id })).organization).toMatchObject(second)
      expect((await api.searchOrganization({ query: 'hooli-xyz' })).organizations).toHaveLength(1)
      await api.deleteOrganization({ identities: { case: 'externalId', value: 'hooli-xyz' } })
      await expect(api.getOrganization({ identities: id })).rejects.toMatchObject({ code: Code.NotFound })
    },
  },
  {
    seen: 'in the admin portal: what a link is for, and what the organization has',
    fields: [
      [method.generatePortalLink, 'sso', 'directory_sync', 'features'],
      [method.updateOrganizationSettings, ...under('settings.features', 'name', 'enabled')],
    ],
    async observe({ wire }) {
      const api = wire.client(OrganizationService)
      const open = async (link: object) => {
        const answer = await api.generatePortalLink({ id: ACME, ...link })
        const { page = '' } = await new Browser().follow(answer.link?.location ?? '')
        return { sso: page.includes('id="sso"'), directory: page.includes('id="directories"') }
      }
      expect(await open({ sso: true })).toEqual({ sso: true, directory: false })
      expect(await open({ directorySync: true })).toEqual({ sso: false, directory: true })
      expect(await open({ features: [DIR_SYNC] })).toEqual({ sso: false, directory: true })
      const settings = (enabled: boolean) => ({
        features: [
          { name: 'sso', enabled },
          { name: 'dir_sync', enabled: true },
        ],
      })
      await api.updateOrganizationSettings({ id: ACME, settings: settings(false) })
      expect(await open({})).toEqual({ sso: false, directory: true })
      await api.updateOrganizationSettings({ id: ACME, settings: settings(true) })
      expect(await open({})).toEqual({ sso: true, directory: true })
    },
  },
  {
    seen: 'when one more user is added: the organization is full',
    fields: [[method.upsertUserManagementSettings, 'settings.max_allowed_users']],
    async observe({ wire }) {
      const api = wire.client(OrganizationService)
      await api.upsertUserManagementSettings({ organizationId: ACME, settings: { maxAllowedUsers: 3 } })
      const user = { email: 'new@acme.example' }
      const one = wire.client(UserService).createUserAndMembership({ organizationId: ACME, user })
      await expect(one).rejects.toMatchObject({ code: Code.FailedPrecondition })
    },
  },
  {
    seen: 'in the member, and for the role in what its token may do',
    fields: [
      [
        MembersService.method.createMember,
        ...under('member', 'role', 'first_name', 'last_name', 'email', 'metadata'),
      ],
      [MembersService.method.updateMember, ...under('member', 'first_name', 'last_name', 'metadata')],
      [MembersService.method.updateCurrentMember, ...under('member', 'first_name', 'last_name', 'metadata')],
    ],
    async observe({ wire, local }) {
      const api = wire.client(MembersService)
      const email = 'new@example.com'
      const names = { firstName: 'Nia', lastName: 'Ng', metadata: { team: 'core' } }
      const { member } = await api.createMember({ member: { ...names, email, role: ADMIN } })
      const id = member?.id ?? ''
      expect((await api.getMember({ id })).member).toMatchObject({ ...names, email, role: ADMIN })
      const renamed = { firstName: 'Nina', lastName: 'Noor', metadata: { team: 'edge' } }
      await api.updateMember({ id, member: renamed })
      expect((await api.getMember({ id })).member).toMatchObject(renamed)
      const resource = `${local.url}/workspace`
      const authorization = await local.tokenFor({ subject: email, resource, scopes: MEMBER_SCOPES })
      const environment = { 'x-env-domain': DEV }
      await api.updateCurrentMember({ member: names }, { headers: { authorization, ...environment } })
      expect((await api.getMember({ id })).member).toMatchObject(names)
      const body = { display_name: 'Made by Nia' }
      const path = `/${DEV}/api/v1/organizations`
      expect((await local.rest('POST', path, { token: authorization, body })).status).toBeLessThan(300)
    },
  },
]
