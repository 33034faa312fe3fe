import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, startApplication } from './application.js'
import { ACME, type Environment, startEnvironment } from './environment.js'

const ANA = 'usr_100000000000000101'

let environment: Environment
let app: Application
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  // The application's own API, which its customers call with their keys.
  app.routes.get('/api/reports', async (request, response) => {
    try {
      const key = request.headers.authorization?.replace('Bearer ', '') ?? ''
      const { tokenInfo } = await environment.sdk.token.validateToken(key)
      response.json({
        ...{ organization: tokenInfo?.organizationId, user: tokenInfo?.userId, roles: tokenInfo?.roles },
        ...{ organizationExternalId: tokenInfo?.organizationExternalId, claims: tokenInfo?.customClaims },
      })
    } catch {
      response.status(401).json({})
    }
  })
})
afterAll(async () => {
  await app?.stop()
  await environment?.stop()
})

async function call(key: string) {
  const response = await fetch(`${app.origin}/api/reports`, { headers: { authorization: `Bearer ${key}` } })
  return { status: response.status, body: (await response.json()) as unknown }
}

describe('J22: API keys', () => {
  it('are created for an organization and for a user of it, and name them when they are validated', async () => {
    const { token } = environment.sdk
    const own = await token.createToken(ACME, { description: 'Nightly report' })
    expect(own.tokenId).toMatch(/^apit_/)
    expect(await call(own.token)).toMatchObject({
      status: 200,
      body: { organization: ACME, organizationExternalId: 'acme' },
    })
    const ana = await token.createToken(ACME, { userId: ANA, customClaims: { team: 'data' } })
    expect(await call(ana.token)).toMatchObject({
      status: 200,
      body: { organization: ACME, user: ANA, roles: ['admin'], claims: { team: 'data' } },
    })
    const { tokens } = await token.listTokens(ACME, { userId: ANA })
    expect(tokens.map(({ tokenId }) => tokenId)).toEqual([ana.tokenId])
    const listed = await token.listTokens(ACME)
    expect(listed.tokens.map(({ tokenSuffix }) => tokenSuffix)).not.toContain(own.token)
    expect((await call(`${own.token}x`)).status).toBe(401)
  })

  it('end at once when they are revoked, by key or by id, as often as one likes', async () => {
    const { token } = environment.sdk
    const first = await token.createToken(ACME)
    const second = await token.createToken(ACME)
    for (const name of [first.token, first.token, second.tokenId, second.tokenId])
      await token.invalidateToken(name)
    expect((await call(first.token)).status).toBe(401)
    expect((await call(second.token)).status).toBe(401)
  })

  it('expire when they are to', async () => {
    const inAnHour = BigInt(Math.floor(Date.now() / 1000) + 3600)
    const { token: key } = await environment.sdk.token.createToken(ACME, {
      expiry: { $typeName: 'google.protobuf.Timestamp', seconds: inAnHour, nanos: 0 },
    })
    expect((await call(key)).status).toBe(200)
    await environment.later(3601, async () => expect((await call(key)).status).toBe(401))
  })
})
