import { claimsOf } from '../../oauth/authorization-code.js'
import { ACME, GLOBEX, type Local } from '../local.js'
import { signInToApp } from '../sign-in.js'
import type { SdkRecorder } from './recorder.js'

const ANA = 'usr_100000000000000101'
const NOBODY = 'usr_999999999999999999'

/** `sdk.user` */
export async function users({ sdk, refused }: SdkRecorder): Promise<void> {
  const api = sdk.user
  const email = 'new@acme.example'
  const { user } = await api.createUserAndMembership(ACME, { email, externalId: 'new-1' })
  await refused('ALREADY_EXISTS', () => api.createUserAndMembership(ACME, { email }))
  const id = user?.id ?? ''
  await api.getUser(id)
  await refused('NOT_FOUND', () => api.getUser(NOBODY))
  await api.getUserByExternalId('new-1')
  await refused('NOT_FOUND', () => api.getUserByExternalId('nobody'))
  await api.listUsers()
  await refused('INVALID_ARGUMENT', () => api.listUsers({ pageToken: 'not a token' }))
  await api.searchUsers('acme')
  await refused('INVALID_ARGUMENT', () => api.searchUsers('a'))
  await api.listOrganizationUsers(ACME)
  await refused('NOT_FOUND', () => api.listOrganizationUsers('org_999999999999999999'))
  await api.searchOrganizationUsers(ACME, 'acme')
  await refused('INVALID_ARGUMENT', () => api.searchOrganizationUsers(ACME, 'a'))
  await api.updateUser(id, { userProfile: { firstName: 'New' } })
  await refused('NOT_FOUND', () => api.updateUser(NOBODY, { userProfile: { firstName: 'New' } }))
  await api.updateUserByExternalId('new-1', { userProfile: { lastName: 'Newman' } })
  await refused('NOT_FOUND', () =>
    api.updateUserByExternalId('nobody', { userProfile: { lastName: 'Newman' } }),
  )
  await api.resendInvite(ACME, id)
  await refused('NOT_FOUND', () => api.resendInvite(ACME, NOBODY))

  await api.createMembership(GLOBEX, ANA)
  await refused('ALREADY_EXISTS', () => api.createMembership(GLOBEX, ANA))
  await api.updateMembership(GLOBEX, ANA, { roles: ['guest'] })
  await refused('NOT_FOUND', () => api.updateMembership(GLOBEX, NOBODY, { roles: ['guest'] }))
  await api.assignUserRoles(GLOBEX, ANA, ['member'])
  await refused('NOT_FOUND', () => api.assignUserRoles(GLOBEX, NOBODY, ['member']))
  await api.listUserRoles(GLOBEX, ANA)
  await refused('NOT_FOUND', () => api.listUserRoles(GLOBEX, NOBODY))
  await api.listUserPermissions(GLOBEX, ANA)
  await refused('NOT_FOUND', () => api.listUserPermissions(GLOBEX, NOBODY))
  await api.removeUserRole(GLOBEX, ANA, 'member')
  await refused('NOT_FOUND', () => api.removeUserRole(GLOBEX, NOBODY, 'member'))
  await api.deleteMembership(GLOBEX, ANA)
  await refused('NOT_FOUND', () => api.deleteMembership(GLOBEX, ANA))
  await api.createMembershipByExternalId(GLOBEX, 'new-1')
  await refused('NOT_FOUND', () => api.createMembershipByExternalId(GLOBEX, 'nobody'))
  await api.updateMembershipByExternalId(GLOBEX, 'new-1', { roles: ['guest'] })
  await refused('NOT_FOUND', () => api.updateMembershipByExternalId(GLOBEX, 'nobody', { roles: ['guest'] }))
  await api.deleteMembershipByExternalId(GLOBEX, 'new-1')
  await refused('NOT_FOUND', () => api.deleteMembershipByExternalId(GLOBEX, 'new-1'))

  await api.deleteUserByExternalId('new-1')
  await refused('NOT_FOUND', () => api.deleteUserByExternalId('new-1'))
  const { user: another } = await api.createUserAndMembership(ACME, { email })
  await api.deleteUser(another?.id ?? '')
  await refused('NOT_FOUND', () => api.deleteUser(another?.id ?? ''))
}

/** `sdk.session` */
export async function sessions({ sdk, refused }: SdkRecorder, local: Local): Promise<void> {
  const api = sdk.session
  const { access_token } = await signInToApp(local, 'ana@acme.example')
  const id = String(claimsOf(access_token).sid)
  const nothing = 'ses_999999999999999999'
  await api.getSession(id)
  await refused('NOT_FOUND', () => api.getSession(nothing))
  await api.getUserSessions(ANA)
  await refused('NOT_FOUND', () => api.getUserSessions(NOBODY))
  await api.revokeSession(id)
  await refused('NOT_FOUND', () => api.revokeSession(nothing))
  await api.revokeAllUserSessions(ANA)
  await refused('NOT_FOUND', () => api.revokeAllUserSessions(NOBODY))
}
