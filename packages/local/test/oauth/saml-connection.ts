import { Scalekit } from '@scalekit-sdk/node'
import { expect } from 'vitest'
import type { LocalScalekit } from '../../src/index.js'
import { createSamlIdp, readRequest, type Said } from './saml-idp.js'
import { application, CLIENT, DEV } from './sso-client.js'

export const ACME = 'org_100000000000000001'

/** SAML connections of Acme, and an identity provider that is not ours. */
export function samlConnections(local: LocalScalekit) {
  const idp = createSamlIdp('https://idp.acme.example/saml')
  const app = application(local.url)
  const sdk = new Scalekit(app.issuer, CLIENT.client_id, CLIENT.client_secret)

  async function call(method: string, path: string, body?: unknown) {
    const token = await sdk.generateClientToken(CLIENT.client_id, CLIENT.client_secret).then(String)
    const response = await fetch(`${app.issuer}/api/v1/organizations/${ACME}/connections${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    // biome-ignore lint/suspicious/noExplicitAny: an answer of the API.
    return { status: response.status, body: JSON.parse(await response.text()) as any }
  }

  /** A SAML connection of Acme, enabled. */
  async function connect(
    settings: Record<string, unknown>,
    more: Record<string, unknown> = {},
  ): Promise<string> {
    const { body } = await call('POST', '', { type: 'SAML', provider: 'OKTA' })
    const { id } = body.connection
    const saml_config = {
      idp_entity_id: idp.entityId,
      idp_sso_url: `${idp.entityId}/sso`,
      idp_certificate: idp.certificate,
      ...settings,
    }
    const patched = await call('PATCH', `/${id}`, { provider: 'OKTA', type: 'SAML', ...more, saml_config })
    expect(patched.status, JSON.stringify(patched.body)).toBe(200)
    expect((await call('PATCH', `/${id}:enable`)).status).toBe(200)
    return id
  }

  /** Signs in at the identity provider, which says this. */
  async function signIn(connection_id: string, said: Said = {}) {
    const at = await app.start({ connection_id })
    const asked = readRequest(at.url)
    const end = await at.browser.follow(asked.recipient, {
      method: 'POST',
      headers: { origin: new URL(idp.entityId).origin },
      body: new URLSearchParams({ SAMLResponse: idp.respond(asked, said), RelayState: asked.relayState }),
    })
    return { ...end, verifier: at.verifier, asked, request: at.url }
  }

  /** The claims of the ID token of somebody about whom the identity provider says this. */
  async function claims(connection: string, said: Said) {
    const end = await signIn(connection, said)
    return (await app.finish(end.url, end.verifier)).id
  }

  const place = (id: string) => `${local.url}/${DEV}/sso/v1/saml/${id}`
  return { idp, app, sdk, call, connect, signIn, claims, place }
}
