import { AuthService, ClientService, UserService } from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { claimsOf } from '../../oauth/authorization-code.js'
import { beginOwnLogin } from '../own-login.js'
import { type Observation, under } from './observation.js'

const { method } = ClientService
const MCP_SERVER = 5

const user = {
  ...{ sub: 'account-17', email: 'Rosa@shop.example', emailVerified: true },
  ...{ name: 'Rosa Park', givenName: 'Rosa', familyName: 'Park', preferredUsername: 'rosa' },
  ...{ phoneNumber: '+14155552671', phoneNumberVerified: true, gender: 'female', locale: 'en-GB' },
  ...{ picture: 'https://shop.example/rosa.png', groups: ['buyers'], roles: ['buyer'] },
  customAttributes: { plan: 'gold', limits: { orders: 5 } },
}

/** People who sign in at a page of the application. */
export const ownLoginFields: readonly Observation[] = [
  {
    seen: 'in the user, the tokens and the end of a sign-in at a page of the application',
    fields: [
      [method.updateResource, 'resource.custom_connection_settings.authorize_uri'],
      [
        AuthService.method.updateLoginUserDetails,
        ...under('user', 'sub', 'email', 'email_verified', 'name', 'given_name', 'family_name'),
        ...under('user', 'preferred_username', 'phone_number', 'phone_number_verified', 'gender', 'locale'),
        ...under('user', 'picture', 'groups', 'roles', 'custom_attributes', 'login_failed'),
      ],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ClientService)
      const shop = { resourceType: MCP_SERVER, name: 'Shop', resourceId: 'https://shop.example/mcp' }
      const created = await api.createResource({ resource: { ...shop, scopes: ['user:read'] } })
      const resourceId = created.resource?.id ?? ''
      const login = await beginOwnLogin(wire, local, resourceId)
      const { connectionId } = login.ids
      expect(login.resource).toMatchObject({
        provider: connectionId,
        connectionDetails: { id: connectionId, enabled: true, status: 'COMPLETED' },
      })
      expect(login.at.href.startsWith('https://shop.example/login?from=mcp&login_request_id=lri_')).toBe(true)

      const auth = wire.client(AuthService)
      expect(await auth.updateLoginUserDetails({ ...login.ids, user })).toMatchObject({
        authRequestId: expect.stringMatching(/^req_/),
      })
      const tokens = await login.allow(await login.back())
      expect(claimsOf(tokens.access_token)).toMatchObject({
        custom_claims: { ...user.customAttributes, roles: ['buyer'] },
      })
      expect(claimsOf(tokens.id_token ?? '').identities).toMatchObject([
        {
          connection_id: connectionId,
          provider_raw_attributes: { sub: 'account-17', email_verified: true, phone_number_verified: true },
        },
      ])
      const id = String(claimsOf(tokens.access_token).sub)
      const { user: known } = await wire
        .client(UserService)
        .getUser({ identities: { case: 'id', value: id } })
      const { name, givenName, familyName, preferredUsername, phoneNumber, gender, locale, picture, groups } =
        user
      expect(known).toMatchObject({
        email: 'rosa@shop.example',
        memberships: [],
        userProfile: {
          ...{ name, givenName, familyName, preferredUsername, phoneNumber, gender, locale, picture, groups },
        },
      })

      const failed = await beginOwnLogin(wire, local, resourceId)
      await auth.updateLoginUserDetails({ ...failed.ids, user: { loginFailed: true } })
      expect((await failed.back()).url).toContain('error=access_denied')
      await expect(auth.updateLoginUserDetails({ ...failed.ids, user })).rejects.toThrow(/start again/)
      await expect(
        auth.updateLoginUserDetails({ ...login.ids, connectionId: resourceId, user }),
      ).rejects.toThrow(/EnsureResourceConnection/)
    },
  },
]
