import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code } from '@connectrpc/connect'
import {
  ApiTokenService,
  ClientService,
  PasswordlessService,
  UserService,
  WebAuthnService,
} from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { authorize, pkce, postForm, redeem } from '../../oauth/authorization-code.js'
import { Browser } from '../../oauth/browser.js'
import { ACME, DEV, type Local } from '../local.js'
import { type Observation, under } from './observation.js'

const { method } = ClientService
const ANA = 'usr_100000000000000101'
const CALLBACK = 'https://shop.example/callback'
const AFTER = 'https://shop.example/bye'
const SIGNUP = 2

/** Signs Ana in to an application, and out again to where it wants her to go. */
async function throughTheDoor(
  local: Local,
  credentials: Record<string, string>,
  callback: string,
  after: string,
) {
  const issuer = `${local.url}/${DEV}`
  const client_id = credentials.client_id ?? ''
  const { verifier, challenge } = pkce()
  const browser = new Browser()
  const params = { redirect_uri: callback, scope: 'openid email' }
  const redirect = await authorize({
    issuer,
    client_id,
    challenge,
    params,
    person: 'ana@acme.example',
    browser,
  })
  const answer = await redeem(issuer, client_id, redirect, verifier, {
    ...credentials,
    redirect_uri: callback,
  })
  const { id_token } = (await answer.json()) as { id_token: string }
  const query = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: after })
  const out = await browser.open(`${issuer}/oidc/logout?${query}`)
  return { signedIn: redirect.href.startsWith(callback), out: out.status }
}

/** Applications, what they use of the API, and the codes that they send. */
export const applicationFields: readonly Observation[] = [
  {
    seen: 'at sign-in and sign-out: which addresses people are sent to; and in the client',
    fields: [
      [
        method.createClient,
        ...under('client', 'name', 'client_type', 'post_login_uris', 'post_logout_redirect_uris'),
      ],
      [
        method.updateClient,
        'mask',
        ...under('client', 'name', 'post_login_uris', 'post_logout_redirect_uris'),
      ],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ClientService)
      const client = {
        name: 'Shop',
        clientType: 'WEB_APP',
        postLoginUris: [CALLBACK],
        postLogoutRedirectUris: [AFTER],
      }
      const made = await api.createClient({ client })
      const clientId = made.client?.id ?? ''
      const { plainSecret } = await api.createClientSecret({ clientId })
      const credentials = { client_id: clientId, client_secret: plainSecret }
      const door = (to: string, then: string) => throughTheDoor(local, credentials, to, then)
      const [callback, after] = ['https://shop.example/v2', 'https://shop.example/v2/bye']
      expect(await door(CALLBACK, AFTER)).toEqual({ signedIn: true, out: 303 })
      expect(await door(CALLBACK, after)).toEqual({ signedIn: true, out: 400 })
      expect(await door(callback, AFTER)).toMatchObject({ signedIn: false })
      const changed = { name: 'The shop', postLoginUris: [callback], postLogoutRedirectUris: [after] }
      await api.updateClient({ clientId, client: changed, mask: { paths: ['name'] } })
      expect((await api.getClient({ clientId })).client).toMatchObject({ ...client, name: 'The shop' })
      await api.updateClient({ clientId, client: changed })
      expect(await door(callback, after)).toEqual({ signedIn: true, out: 303 })
      const { clients } = await api.listClient({ filter: { clientType: ['WEB_APP'] } })
      expect(clients.map(({ id }) => id)).toContain(clientId)
    },
  },
  {
    seen: 'in the invitation: where the application begins a sign-in',
    fields: [
      [method.createClient, 'client.initiate_login_uri'],
      [method.updateClient, 'client.initiate_login_uri'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ClientService)
      const invited = async (email: string) => {
        const user = { email }
        await wire.client(UserService).createUserAndMembership({ organizationId: ACME, user })
        const headers = { 'x-scalekit-local': '1' }
        const { body } = await local.rest('GET', `/__local/outbox?to=${email}`, { headers })
        const opened = await fetch(body.messages.at(-1).link, { redirect: 'manual' })
        return opened.headers.get('location')
      }
      const client = { name: 'Shop', clientType: 'WEB_APP', initiateLoginUri: 'https://shop.example/login' }
      const clientId = (await api.createClient({ client })).client?.id ?? ''
      expect(await invited('xia@acme.example')).toContain('https://shop.example/login')
      await api.updateClient({ clientId, client: { initiateLoginUri: 'https://shop.example/v2' } })
      expect(await invited('yan@acme.example')).toContain('https://shop.example/v2')
    },
  },
  {
    seen: 'in the answer of the API to the client',
    fields: [
      [method.createClient, 'client.disallow_scalekit_api_access'],
      [method.updateClient, 'client.disallow_scalekit_api_access'],
      [method.updateClientSecret, 'secret.status', 'mask'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ClientService)
      const client = { name: 'Shop', clientType: 'WEB_APP', disallowScalekitApiAccess: true }
      const made = await api.createClient({ client })
      const clientId = made.client?.id ?? ''
      const { plainSecret, secret } = await api.createClientSecret({ clientId })
      const call = async () => {
        const fields = { grant_type: 'client_credentials', client_id: clientId, client_secret: plainSecret }
        const answer = await postForm(`${local.url}/${DEV}/oauth/token`, fields)
        if (!answer.ok) return answer.status
        const { access_token } = (await answer.json()) as { access_token: string }
        return (await local.rest('GET', `/${DEV}/api/v1/organizations`, { token: `Bearer ${access_token}` }))
          .status
      }
      expect(await call()).toBe(403)
      await api.updateClient({
        clientId,
        client: { disallowScalekitApiAccess: false },
        mask: { paths: ['disallow_scalekit_api_access'] },
      })
      expect(await call()).toBe(200)
      await api.updateClient({ clientId, client: { disallowScalekitApiAccess: true } })
      expect(await call()).toBe(403)
      const inactive = {
        clientId,
        secretId: secret?.id ?? '',
        secret: { status: 1 },
        mask: { paths: ['status'] },
      }
      await api.updateClientSecret(inactive)
      expect(await call()).toBe(401)
    },
  },
  {
    seen: 'when the token is validated, also in whose tokens are listed, and when it has expired',
    fields: [
      [
        ApiTokenService.method.createToken,
        ...under('token', 'organization_id', 'user_id', 'custom_claims', 'expiry', 'description'),
      ],
      [ApiTokenService.method.updateToken, 'token', 'custom_claims', 'description'],
      [ApiTokenService.method.validateToken, 'token'],
      [ApiTokenService.method.invalidateToken, 'token'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ApiTokenService)
      const said = { customClaims: { tier: 'gold' }, description: 'CI' }
      const expiry = timestampFromMs(Date.now() + 600_000)
      const { token } = await api.createToken({
        token: { organizationId: ACME, userId: ANA, expiry, ...said },
      })
      const validated = async () => (await api.validateToken({ token })).tokenInfo
      expect(await validated()).toMatchObject({ organizationId: ACME, userId: ANA, ...said })
      const changed = { customClaims: { tier: 'silver' }, description: 'Deploy' }
      await api.updateToken({ token, ...changed })
      expect(await validated()).toMatchObject(changed)
      local.wait(700_000)
      await expect(validated()).rejects.toThrow()
      const other = await api.createToken({ token: { organizationId: ACME } })
      await api.invalidateToken({ token: other.token })
      await expect(api.validateToken({ token: other.token })).rejects.toThrow()
    },
  },
  {
    seen: 'in the e-mail in the outbox, in the answer when it is verified, and when it has expired',
    fields: [
      [
        PasswordlessService.method.sendPasswordlessEmail,
        ...['email', 'template', 'magiclink_auth_uri', 'state', 'expires_in', 'template_variables'],
      ],
      [PasswordlessService.method.verifyPasswordlessEmail, 'code', 'link_token', 'auth_request_id'],
      [PasswordlessService.method.resendPasswordlessEmail, 'auth_request_id'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(PasswordlessService)
      const email = 'new@acme.example'
      const magiclinkAuthUri = 'https://shop.example/magic'
      const templateVariables = { shop: 'The shop' }
      const more = { template: SIGNUP, magiclinkAuthUri, state: 'basket', templateVariables, expiresIn: 60 }
      const last = async (to = email) => {
        const headers = { 'x-scalekit-local': '1' }
        return (await local.rest('GET', `/__local/outbox?to=${to}`, { headers })).body.messages.at(-1)
      }
      const { authRequestId, expiresIn } = await api.sendPasswordlessEmail({ email, ...more })
      expect(expiresIn).toBe(60)
      const mail = await last()
      expect(mail).toMatchObject({ to: email, subject: 'Sign up', variables: templateVariables })
      expect(mail.link).toContain(magiclinkAuthUri)
      const again = await api.resendPasswordlessEmail({ authRequestId })
      const resent = await last()
      expect(resent.variables).toEqual(templateVariables)
      const code = { case: 'code' as const, value: String(resent.code) }
      const verified = await api.verifyPasswordlessEmail({
        authCredential: code,
        authRequestId: again.authRequestId,
      })
      expect(verified).toMatchObject({ email, state: 'basket', template: SIGNUP })

      // An address gets two e-mails per minute.
      const another = 'another@acme.example'
      const linked = await api.sendPasswordlessEmail({ email: another, ...more })
      const link_token = new URL((await last(another)).link).searchParams.get('link_token') ?? ''
      const link = { case: 'linkToken' as const, value: link_token }
      const byLink = await api.verifyPasswordlessEmail({
        authCredential: link,
        authRequestId: linked.authRequestId,
      })
      expect(byLink.email).toBe(another)
      const late = await api.sendPasswordlessEmail({ email: another, ...more })
      const lateCode = { case: 'code' as const, value: String((await last(another)).code) }
      local.wait(61_000)
      const request = { authCredential: lateCode, authRequestId: late.authRequestId }
      await expect(api.verifyPasswordlessEmail(request)).rejects.toMatchObject({ code: Code.InvalidArgument })
    },
  },
  {
    seen: 'in the passkey',
    fields: [[WebAuthnService.method.updateCredential, 'display_name']],
    async observe({ wire, local }) {
      const row = { id: 'cred_1', environment_id: DEV, user_id: ANA, created_at: 1, updated_at: 1 }
      const data = '{"credentialId":"AQID"}'
      await local.database.db
        .insertInto('passkeys')
        .values({ ...row, data })
        .execute()
      const api = wire.client(WebAuthnService)
      await api.updateCredential({ credentialId: 'cred_1', displayName: 'Laptop' })
      const { credentials } = await api.listCredentials({ userId: ANA })
      expect(credentials).toMatchObject([{ displayName: 'Laptop' }])
    },
  },
]
