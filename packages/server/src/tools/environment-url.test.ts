import { type Caller, Secret } from '@scalekit-mcp/auth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { patient, type ServerUnderTest, startServerUnderTest } from '../../test/server-under-test.js'
import { localEnvironment } from '../cli/dev.js'
import { loadConfig } from '../config/config.js'
import { connectScalekit } from '../scalekit/connect.js'
import { environmentUrl } from './environment-url.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

test.each([
  ['workspace', 'workspace'],
  ['environment', environmentId],
  ['environment', `${environmentId}/resources/res_100000000000000000`],
] as const)('is found in %s mode, for a caller who signed in at /%s', async (mode, issuer) => {
  const config = loadConfig(localEnvironment(server.local, server.resource, mode), {})
  const connection = connectScalekit({ ...config, timeouts: patient })
  const caller: Caller = {
    issuer: `${server.local.url}/${issuer}`,
    subject: 'admin@example.com',
    clientId: 'test',
    scopes: new Set(),
    audience: [],
    expiresAt: 0,
    claims: {},
    token: new Secret(await server.token()),
  }
  const scalekit = connection.scalekit(caller, new AbortController().signal)
  await expect(environmentUrl({ scalekit, caller }, environmentId)).resolves.toBe(
    `${server.local.url}/${environmentId}`,
  )
  await connection.close()
})
