import { ACME, DEV, type Local } from '../local.js'
import type { RestApi } from './rest-api.js'

const user_id = 'usr_100000000000000101'

/** Clients of machines, codes by e-mail, passkeys. */
export async function credentials({ ok, fails }: RestApi, local: Local): Promise<void> {
  const organization_id = ACME
  const nobody = { organization_id: 'org_999999999999999999' }
  const nothing = { organization_id, client_id: 'm2morg_999999999999999999' }
  const client = { name: 'Robot', scopes: ['robots:drive'], audience: ['https://api.example'] }
  const made = await ok('ClientService.CreateOrganizationClient', { organization_id, client })
  await fails('NOT_FOUND', 'ClientService.CreateOrganizationClient', { ...nobody, client })
  const robot = { organization_id, client_id: made.client.client_id }
  await ok('ClientService.GetOrganizationClient', robot)
  await fails('NOT_FOUND', 'ClientService.GetOrganizationClient', nothing)
  await ok('ClientService.ListOrganizationClients', { organization_id })
  await fails('NOT_FOUND', 'ClientService.ListOrganizationClients', nobody)
  await ok('ClientService.UpdateOrganizationClient', { ...robot, client: { name: 'The robot' } })
  await fails('NOT_FOUND', 'ClientService.UpdateOrganizationClient', { ...nothing, client: { name: 'X' } })
  const { secret } = await ok('ClientService.CreateOrganizationClientSecret', robot)
  await fails('NOT_FOUND', 'ClientService.CreateOrganizationClientSecret', nothing)
  await ok('ClientService.DeleteOrganizationClientSecret', { ...robot, secret_id: secret.id })
  await fails('NOT_FOUND', 'ClientService.DeleteOrganizationClientSecret', { ...robot, secret_id: secret.id })
  await ok('ClientService.DeleteOrganizationClient', robot)
  await fails('NOT_FOUND', 'ClientService.DeleteOrganizationClient', robot)

  const sent = await ok('PasswordlessService.SendPasswordlessEmail', { email: 'test+sktest@acme.example' })
  await fails('INVALID_ARGUMENT', 'PasswordlessService.SendPasswordlessEmail', { email: 'no address' })
  const { auth_request_id } = await ok('PasswordlessService.ResendPasswordlessEmail', {
    auth_request_id: sent.auth_request_id,
  })
  await fails('NOT_FOUND', 'PasswordlessService.ResendPasswordlessEmail', { auth_request_id: 'nothing' })
  await fails('INVALID_ARGUMENT', 'PasswordlessService.VerifyPasswordlessEmail', {
    auth_request_id,
    code: '000000',
  })
  await ok('PasswordlessService.VerifyPasswordlessEmail', { auth_request_id, code: '424242' })

  const row = { id: 'cred_1', environment_id: DEV, user_id, created_at: 1, updated_at: 1 }
  await local.database.db
    .insertInto('passkeys')
    .values({ ...row, data: '{"credentialId":"AQID"}' })
    .execute()
  const passkey = { credential_id: 'cred_1' }
  await ok('WebAuthnService.ListCredentials', { user_id })
  await fails('NOT_FOUND', 'WebAuthnService.ListCredentials', { user_id: 'usr_999999999999999999' })
  await ok('WebAuthnService.UpdateCredential', { ...passkey, display_name: 'Laptop' })
  await fails('NOT_FOUND', 'WebAuthnService.UpdateCredential', { credential_id: 'cred_2', display_name: 'X' })
  await ok('WebAuthnService.DeleteCredential', passkey)
  await fails('NOT_FOUND', 'WebAuthnService.DeleteCredential', passkey)
}
