import {
  ApiTokenService,
  AuditLogsService,
  EventsService,
  PasswordlessService,
  SessionService,
  WebAuthnService,
} from '@scalekit-mcp/api'
import { claimsOf } from '../../oauth/authorization-code.js'
import { enablePasskeys, makePasskey } from '../authenticator.js'
import { ACME, DEV, type Local } from '../local.js'
import { signInToApp } from '../sign-in.js'
import type { Wire } from './wire.js'

const ANA = 'usr_100000000000000101'

/** Sessions, the log of sign-ins, codes by e-mail, passkeys and API tokens. */
export async function signIn(wire: Wire, local: Local): Promise<void> {
  const { access_token } = await signInToApp(local, 'ana@acme.example')
  const sessions = wire.client(SessionService)
  const sessionId = String(claimsOf(access_token).sid)
  await sessions.getSession({ sessionId })
  await sessions.getUserSessions({ userId: ANA })
  await sessions.revokeSession({ sessionId })
  await sessions.revokeAllUserSessions({ userId: ANA })
  await wire.client(AuditLogsService).listAuthRequests({})
  await wire.client(EventsService).listEvents({})
  await wire.client(EventsService).listEventsPaginated({})
  await wire.client(EventsService).sendCustomEvent({ eventType: 'portal.opened', event: { page: 'sso' } })

  const passwordless = wire.client(PasswordlessService)
  const sent = await passwordless.sendPasswordlessEmail({ email: 'test+sktest@acme.example' })
  const { authRequestId } = await passwordless.resendPasswordlessEmail({ authRequestId: sent.authRequestId })
  const authCredential = { case: 'code' as const, value: '424242' }
  await passwordless.verifyPasswordlessEmail({ authRequestId, authCredential })

  const row = { id: 'cred_1', environment_id: DEV, user_id: ANA, created_at: 1, updated_at: 1 }
  await local.database.db
    .insertInto('passkeys')
    .values({ ...row, data: '{"credentialId":"AQID"}' })
    .execute()
  const passkeys = wire.client(WebAuthnService)
  await passkeys.listCredentials({ userId: ANA })
  await passkeys.updateCredential({ credentialId: 'cred_1', displayName: 'Laptop' })
  await passkeys.deleteCredential({ credentialId: 'cred_1' })

  await registerPasskey(wire, local)
  await passkeys.getRelatedOrigins({})

  const tokens = wire.client(ApiTokenService)
  const { token } = await tokens.createToken({ token: { organizationId: ACME } })
  await tokens.validateToken({ token })
  await tokens.updateToken({ token, description: 'CI' })
  await tokens.listTokens({ organizationId: ACME })
  await tokens.invalidateToken({ token })
}

/** Ana makes a passkey on a page of the environment. */
async function registerPasskey(wire: Wire, local: Local): Promise<void> {
  await enablePasskeys(wire)
  const passkeys = wire.client(WebAuthnService)
  const asAna = { headers: { authorization: await local.session(ANA) } }
  const { options } = await passkeys.beginRegistration({}, asAna)
  await passkeys.finishRegistration(makePasskey(options, local.url), asAna)
}
