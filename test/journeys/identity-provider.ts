import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createSamlIdp, readRequest } from '../../packages/local/test/oauth/saml-idp.js'

/** What the person of an identity provider is known as there. */
export const PERSON = { email: 'gil@acme.example', firstName: 'Gil', lastName: 'Gomes' }

/** An application in the identity provider's dashboard. */
interface Tile {
  readonly acs: string
  readonly audience: string
  readonly relayState: string
}

/**
 * A customer's own identity provider, over SAML and OpenID Connect, on another site than the environment. One person
 * is signed in there already, so that it answers without a page.
 */
export interface IdentityProvider {
  readonly metadataUrl: string
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
  /** The page of the person's applications, where this one can be opened. */
  tile(tile: Tile): string
  stop(): Promise<void>
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const app = express()
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const saml = createSamlIdp(`${origin}/saml/metadata`)
  const said = { email: PERSON.email, attributes: PERSON }

  app.get('/saml/metadata', (_request, response) => {
    response
      .type('application/samlmetadata+xml')
      .send(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${saml.entityId}">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
      <X509Certificate>${saml.certificate}</X509Certificate>
    </X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${origin}/saml/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>`)
  })

  app.get('/saml/sso', (request, response) => {
    const asked = readRequest(origin + request.originalUrl)
    const fields = { SAMLResponse: saml.respond(asked, said), RelayState: asked.relayState }
    response.send(`${form(asked.recipient, fields)}<script>document.forms[0].submit()</script>`)
  })

  app.get('/applications', (request, response) => {
    const { acs: recipient, audience, relayState } = request.query as unknown as Tile
    const answer = { id: '', relayState, recipient, audience }
    const SAMLResponse = saml.respond(answer, { ...said, unsolicited: true })
    response.send(form(recipient, { SAMLResponse, RelayState: relayState }))
  })

  const issuer = `${origin}/oidc`
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const key = { ...(await exportJWK(publicKey)), kid: 'key', alg: 'RS256', use: 'sig' }
  const client = { id: 'scalekit-at-acme', secret: 'secret of the client' }
  const codes = new Map<string, string>()

  app.get('/oidc/.well-known/openid-configuration', (_request, response) => {
    response.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
    })
  })

  app.get('/oidc/keys', (_request, response) => {
    response.json({ keys: [key] })
  })

  app.get('/oidc/authorize', (request, response) => {
    const { redirect_uri = '', state = '', nonce = '' } = request.query as Record<string, string>
    const code = crypto.randomUUID()
    codes.set(code, nonce)
    response.redirect(`${redirect_uri}?${new URLSearchParams({ code, state })}`)
  })

  app.post('/oidc/token', express.urlencoded({ extended: false }), async (request, response) => {
    const nonce = codes.get(request.body.code)
    codes.delete(request.body.code)
    const basic = Buffer.from([client.id, client.secret].map(encodeURIComponent).join(':')).toString('base64')
    if (nonce === undefined || request.headers.authorization !== `Basic ${basic}`)
      return response.status(400).json({ error: 'invalid_grant' })
    const { email, firstName: given_name, lastName: family_name } = PERSON
    const id_token = await new SignJWT({ email, given_name, family_name, nonce })
      .setProtectedHeader({ alg: 'RS256', kid: key.kid })
      .setIssuer(issuer)
      .setAudience(client.id)
      .setSubject('person-1')
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey)
    return response.json({ access_token: 'none', token_type: 'Bearer', id_token })
  })

  return {
    metadataUrl: saml.entityId,
    issuer,
    client,
    tile: (tile) => `${origin}/applications?${new URLSearchParams({ ...tile })}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const form = (action: string, fields: Record<string, string>) => {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
  )
  return `<!doctype html><title>Acme</title><h1>Acme</h1>
<form method="post" action="${action}">${inputs.join('')}<button>Open the application</button></form>`
}
