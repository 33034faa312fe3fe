import request from 'supertest'
import { afterAll, describe, expect, test, vi } from 'vitest'

// The variables of `.env`, so that the tests need no file and no network.
const variables = {
  SK_ENV_URL: 'https://acme.scalekit.com',
  SK_CLIENT_ID: 'skc_1',
  SK_CLIENT_SECRET: 'a secret that nothing may show',
  EXPECTED_AUDIENCE: 'http://localhost:3002/',
  PROTECTED_RESOURCE_METADATA:
    '{"resource":"http://localhost:3002/","authorization_servers":["https://acme.scalekit.com/resources/res_1"]}',
  PORT: '3002',
  LOG_LEVEL: 'silent',
}
for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
const { app } = await import('../src/server.js')
afterAll(() => vi.unstubAllEnvs())

describe('MCP authentication', () => {
  test('returns 401 without a token', async () => {
    const response = await request(app).post('/')
    expect(response.status).toBe(401)
    expect(response.headers['www-authenticate']).toBe(
      'Bearer resource_metadata="http://localhost:3002/.well-known/oauth-protected-resource"',
    )
  })

  test('returns 401 with an invalid token', async () => {
    const response = await request(app).post('/').set('Authorization', 'Bearer invalid-token')
    expect(response.status).toBe(401)
    expect(response.headers['www-authenticate']).toMatch(/^Bearer error="invalid_token"/)
  })

  test('the health check is public', async () => {
    const response = await request(app).get('/health')
    expect(response.status).toBe(200)
    expect(response.body).toEqual({ status: 'healthy' })
  })

  test('the metadata endpoint is public', async () => {
    const response = await request(app).get('/.well-known/oauth-protected-resource')
    expect(response.status).toBe(200)
    expect(response.headers['content-type']).toContain('application/json')
    expect(response.body).toEqual(JSON.parse(variables.PROTECTED_RESOURCE_METADATA))
  })

  test('everything else is JSON, with the headers of helmet', async () => {
    const response = await request(app).get('/somewhere')
    expect(response.status).toBe(404)
    expect(response.body).toMatchObject({ error: 'not_found' })
    expect(response.headers).toMatchObject({ 'x-content-type-options': 'nosniff' })
    expect(response.headers).not.toHaveProperty('x-powered-by')
  })
})
