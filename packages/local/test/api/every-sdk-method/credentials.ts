import { openWire } from '../every-method/wire.js'
import { ACME, DEV, type Local } from '../local.js'
import { beginOwnLogin } from '../own-login.js'
import type { SdkRecorder } from './recorder.js'

const ANA = 'usr_100000000000000101'

/** `sdk.token` */
export async function tokens({ sdk, barred, refused }: SdkRecorder): Promise<void> {
  const api = sdk.token
  const nobody = 'org_999999999999999999'
  const { token } = await api.createToken(ACME, { description: 'CI' })
  await refused('NOT_FOUND', () => api.createToken(nobody))
  await api.validateToken(token)
  await refused('NOT_FOUND', () => api.validateToken('apit_unknown'))
  await api.updateToken(token, { description: 'Build' })
  await refused('NOT_FOUND', () => api.updateToken('apit_unknown', { description: 'Build' }))
  await api.listTokens(ACME)
  await refused('NOT_FOUND', () => api.listTokens(nobody))
  await api.invalidateToken(token)
  await refused('PERMISSION_DENIED', () => barred.token.invalidateToken(token))
}

/** `sdk.m2m` */
export async function machines({ sdk, refused }: SdkRecorder): Promise<void> {
  const api = sdk.m2m
  const nobody = 'org_999999999999999999'
  const nothing = 'm2morg_999999999999999999'
  const { client } = await api.createOrganizationClient(ACME, { name: 'Robot' })
  await refused('NOT_FOUND', () => api.createOrganizationClient(nobody, { name: 'Robot' }))
  const id = client?.clientId ?? ''
  await api.getOrganizationClient(ACME, id)
  await refused('NOT_FOUND', () => api.getOrganizationClient(ACME, nothing))
  await api.listOrganizationClients(ACME)
  await refused('NOT_FOUND', () => api.listOrganizationClients(nobody))
  await api.updateOrganizationClient(ACME, id, { name: 'The robot' })
  await refused('NOT_FOUND', () => api.updateOrganizationClient(ACME, nothing, { name: 'The robot' }))
  const { secret } = await api.addOrganizationClientSecret(ACME, id)
  await refused('NOT_FOUND', () => api.addOrganizationClientSecret(ACME, nothing))
  await api.removeOrganizationClientSecret(ACME, id, secret?.id ?? '')
  await refused('NOT_FOUND', () => api.removeOrganizationClientSecret(ACME, id, secret?.id ?? ''))
  await api.deleteOrganizationClient(ACME, id)
  await refused('NOT_FOUND', () => api.deleteOrganizationClient(ACME, id))
}

/** `sdk.passwordless` and `sdk.webauthn` */
export async function withoutPassword({ sdk, refused }: SdkRecorder, local: Local): Promise<void> {
  const { passwordless, webauthn } = sdk
  const sent = await passwordless.sendPasswordlessEmail('test+sktest@acme.example')
  await refused('INVALID_ARGUMENT', () => passwordless.sendPasswordlessEmail('no address'))
  const { authRequestId } = await passwordless.resendPasswordlessEmail(sent.authRequestId)
  await refused('NOT_FOUND', () => passwordless.resendPasswordlessEmail('nothing'))
  await refused('INVALID_ARGUMENT', () =>
    passwordless.verifyPasswordlessEmail({ code: '000000' }, authRequestId),
  )
  await passwordless.verifyPasswordlessEmail({ code: '424242' }, authRequestId)

  const row = { id: 'cred_1', environment_id: DEV, user_id: ANA, created_at: 1, updated_at: 1 }
  await local.database.db
    .insertInto('passkeys')
    .values({ ...row, data: '{"credentialId":"AQID"}' })
    .execute()
  await webauthn.listCredentials(ANA)
  await refused('NOT_FOUND', () => webauthn.listCredentials('usr_999999999999999999'))
  await webauthn.updateCredential('cred_1', 'Laptop')
  await refused('NOT_FOUND', () => webauthn.updateCredential('cred_2', 'Laptop'))
  await webauthn.deleteCredential('cred_1')
  await refused('NOT_FOUND', () => webauthn.deleteCredential('cred_1'))
}

/** `sdk.events` */
export async function events({ sdk, refused }: SdkRecorder): Promise<void> {
  await sdk.events.listEventsPaginated(10)
  await refused('INVALID_ARGUMENT', () => sdk.events.listEventsPaginated(10, 'not a token'))
}

/** `sdk.auth`: people of an MCP server sign in at a page of the application. */
export async function ownLogin({ sdk, refused }: SdkRecorder, local: Local): Promise<void> {
  const wire = await openWire(local)
  const { ids } = await beginOwnLogin(wire, local, 'res_100000000000000002')
  const { connectionId, loginRequestId } = ids
  const user = { sub: 'account-17', email: 'rosa@shop.example' }
  await sdk.auth.updateLoginUserDetails(connectionId, loginRequestId, user)
  await refused('NOT_FOUND', () => sdk.auth.updateLoginUserDetails(connectionId, 'lri_unknown', user))
  const unknown = { ...user, email: 'nobody' }
  await refused('INVALID_ARGUMENT', () =>
    sdk.auth.updateLoginUserDetails(connectionId, loginRequestId, unknown),
  )
}
