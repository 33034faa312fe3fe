import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe('what Scalekit refuses', () => {
  test('is listed as an argument, with its rule', async () => {
    const args = { environmentId, organizationId, domain: 'gmail.com' }
    const { error } = await server.call('2026-07-28', 'add_domain', args)
    expect(error).toMatchObject({ code: 'invalid_arguments', message: 'Scalekit refused domain' })
    expect(error?.nextStep).toContain('domain: Like acme.example.')
  })

  test('is known before where two arguments are out of order', async () => {
    const args = { environmentId, organizationId, absoluteMinutes: 60, idleMinutes: 120 }
    const { error } = await server.call('2026-07-28', 'update_session_policy', args)
    expect(error?.message).toContain('idleMinutes (120)')
  })
})
