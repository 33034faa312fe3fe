import { claimsOf } from '../../oauth/authorization-code.js'
import { ACME, GLOBEX, type Local } from '../local.js'
import { signInToApp } from '../sign-in.js'
import type { RestApi } from './rest-api.js'

const ANA = 'usr_100000000000000101'
const NOBODY = 'usr_999999999999999999'

/** Users and their memberships. */
export async function users({ ok, fails }: RestApi): Promise<void> {
  const organization_id = ACME
  const user = { email: 'new@acme.example', user_profile: { first_name: 'New' } }
  const made = await ok('UserService.CreateUserAndMembership', { organization_id, user })
  await fails('ALREADY_EXISTS', 'UserService.CreateUserAndMembership', { organization_id, user })
  const { id } = made.user
  await ok('UserService.GetUser', { id })
  await fails('NOT_FOUND', 'UserService.GetUser', { id: NOBODY })
  await ok('UserService.ListUsers', { page_size: 2 })
  await fails('INVALID_ARGUMENT', 'UserService.ListUsers', { page_token: 'not a token' })
  await ok('UserService.SearchUsers', { query: 'acme' })
  await fails('INVALID_ARGUMENT', 'UserService.SearchUsers', { query: 'a' })
  await ok('UserService.SearchOrganizationUsers', { organization_id, query: 'acme' })
  await fails('INVALID_ARGUMENT', 'UserService.SearchOrganizationUsers', { organization_id, query: 'a' })
  await ok('UserService.ListOrganizationUsers', { organization_id })
  await fails('NOT_FOUND', 'UserService.ListOrganizationUsers', { organization_id: 'org_999999999999999999' })
  await ok('UserService.UpdateUser', { id, user: { user_profile: { last_name: 'Newman' } } })
  await fails('NOT_FOUND', 'UserService.UpdateUser', { id: NOBODY, user: {} })
  await ok('UserService.ResendInvite', { organization_id, id })
  await fails('NOT_FOUND', 'UserService.ResendInvite', { organization_id, id: NOBODY })

  const elsewhere = { organization_id: GLOBEX, id: ANA }
  await ok('UserService.CreateMembership', { ...elsewhere, membership: { roles: [{ name: 'guest' }] } })
  await fails('ALREADY_EXISTS', 'UserService.CreateMembership', { ...elsewhere, membership: {} })
  await ok('UserService.UpdateMembership', { ...elsewhere, membership: { roles: [{ name: 'member' }] } })
  await fails('NOT_FOUND', 'UserService.UpdateMembership', { ...elsewhere, id: NOBODY, membership: {} })
  await ok('UserService.ListUserRoles', { organization_id: GLOBEX, user_id: ANA })
  await fails('NOT_FOUND', 'UserService.ListUserRoles', { organization_id: GLOBEX, user_id: NOBODY })
  await ok('UserService.ListUserPermissions', { organization_id: GLOBEX, user_id: ANA })
  await fails('NOT_FOUND', 'UserService.ListUserPermissions', { organization_id: GLOBEX, user_id: NOBODY })
  await ok('UserService.DeleteMembership', elsewhere)
  await fails('NOT_FOUND', 'UserService.DeleteMembership', elsewhere)
  await ok('UserService.DeleteUser', { id })
  await fails('NOT_FOUND', 'UserService.DeleteUser', { id })
}

/** Sessions and the log of sign-ins. */
export async function sessions({ ok, fails }: RestApi, local: Local): Promise<void> {
  const { access_token } = await signInToApp(local, 'ana@acme.example')
  const session_id = String(claimsOf(access_token).sid)
  const nothing = { session_id: 'ses_999999999999999999' }
  await ok('SessionService.GetSession', { session_id })
  await fails('NOT_FOUND', 'SessionService.GetSession', nothing)
  await ok('SessionService.GetUserSessions', { user_id: ANA })
  await fails('NOT_FOUND', 'SessionService.GetUserSessions', { user_id: NOBODY })
  await ok('SessionService.RevokeSession', { session_id })
  await fails('NOT_FOUND', 'SessionService.RevokeSession', nothing)
  await ok('SessionService.RevokeAllUserSessions', { user_id: ANA })
  await fails('NOT_FOUND', 'SessionService.RevokeAllUserSessions', { user_id: NOBODY })
  await ok('AuditLogsService.ListAuthRequests')
  await fails('UNAUTHENTICATED', 'AuditLogsService.ListAuthRequests')
}
