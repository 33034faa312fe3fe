import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, startApplication } from './application.js'
import { ACME, type Environment, startEnvironment } from './environment.js'

const AUDIENCE = 'deployment-api'

let environment: Environment
let app: Application
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  const { sdk, url } = environment
  // The application's own API, as the quickstart protects it.
  app.routes.get('/api/deployments', async (request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    try {
      const claims = await sdk.validateToken(token, { issuer: url, audience: [AUDIENCE] })
      sdk.verifyScopes(token, ['read:deployments'])
      response.json(claims)
    } catch (error) {
      response.status(/scopes/.test(String(error)) ? 403 : 401).json({ error: String(error) })
    }
  })
})
afterAll(async () => {
  await app?.stop()
  await environment?.stop()
})

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** The machine's request for a token. */
async function ask(client_id: string, client_secret: string, more: Record<string, string> = {}) {
  const response = await fetch(`${environment.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, ...more }),
  })
  return { status: response.status, body: await response.json() } as Answer
}

async function call(token: unknown) {
  const response = await fetch(`${app.origin}/api/deployments`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return { status: response.status, body: await response.json() } as Answer
}

describe('J21: a machine client of an organization', () => {
  it('gets a token with its scopes, audience and claims, which the API verifies with the SDK', async () => {
    const { client, plainSecret } = await environment.sdk.m2m.createOrganizationClient(ACME, {
      name: 'Deployment service',
      scopes: ['deploy:applications', 'read:deployments'],
      audience: [AUDIENCE],
      customClaims: { environment: 'staging' },
    })
    const id = client?.clientId ?? ''
    expect(id).toMatch(/^m2morg_/)
    const { status, body } = await ask(id, plainSecret)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'deploy:applications read:deployments',
    })
    expect(await call(body.access_token)).toMatchObject({
      status: 200,
      body: {
        ...{ iss: environment.url, aud: [AUDIENCE], sub: id, client_id: id, oid: ACME },
        ...{ scopes: ['deploy:applications', 'read:deployments'], environment: 'staging' },
      },
    })
    const some = await ask(id, plainSecret, { scope: 'deploy:applications' })
    expect(some.body.scope).toBe('deploy:applications')
    expect((await call(some.body.access_token)).status).toBe(403)
    expect((await ask(id, plainSecret, { scope: 'admin:everything' })).body.scope ?? '').not.toContain(
      'admin',
    )
    // The secret is shown once.
    const shown = await environment.api('GET', `/organizations/${ACME}/clients/${id}`)
    expect(JSON.stringify(shown)).toContain('Deployment service')
    expect(JSON.stringify(shown)).not.toContain(plainSecret)
  })

  it('rotates its secret without a gap, and ends with its client', async () => {
    const { m2m } = environment.sdk
    const { client, plainSecret } = await m2m.createOrganizationClient(ACME, { name: 'Rotating' })
    const id = client?.clientId ?? ''
    const [old] = client?.secrets ?? []
    const { plainSecret: next } = await m2m.addOrganizationClientSecret(ACME, id)
    expect((await ask(id, plainSecret)).status).toBe(200)
    expect((await ask(id, next)).status).toBe(200)
    await m2m.removeOrganizationClientSecret(ACME, id, old?.id ?? '')
    expect(await ask(id, plainSecret)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect((await ask(id, next)).status).toBe(200)
    await m2m.deleteOrganizationClient(ACME, id)
    expect(await ask(id, next)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })
})
