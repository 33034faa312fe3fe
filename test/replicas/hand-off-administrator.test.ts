import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { localEnvironment } from '../../packages/server/src/cli/dev.js'
import { loadConfig } from '../../packages/server/src/config/config.js'
import { startServer } from '../../packages/server/src/main.js'
import { createLog } from '../../packages/server/src/observe/log.js'
import { postCall, toolErrorOf } from '../../packages/server/test/post-message.js'
import { allScopes, patient } from '../../packages/server/test/server-under-test.js'
import { freePort, mintToken } from '../harness/program.js'
import { type RedisServer, startRedis } from '../harness/redis.js'
import { PageBrowser } from '../hostile/pages/page-browser.js'

const ENVIRONMENT = 'env_100000000000000001'
const MCP_SERVER = 'res_100000000000000000'
const OPERATOR = 'org_100000000000000000'
const OLIVIA = 'olivia@yourcompany.example'

let redis: RedisServer
let local: LocalScalekit
let ports: readonly [number, number]
beforeAll(async () => {
  redis = await startRedis()
  ports = [await freePort(), await freePort()]
  const mcpServerUrl = resource()
  local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl, mcpServerId: MCP_SERVER })
})
afterAll(async () => {
  await local?.close()
  await redis?.stop()
})

/** Both replicas are reached by the URL of the first, or on the port of the second. */
const resource = () => `http://localhost:${ports[0]}/mcp`

async function startReplica(port: number): Promise<void> {
  const config = loadConfig(
    {
      ...localEnvironment(local, resource(), 'environment'),
      SCALEKIT_ENVIRONMENT_TYPE: 'PRD',
      PORT: String(port),
      REDIS_URL: redis.url,
      STATE_KEY: 'the-same-key-on-every-replica-0123456789',
      AUDIT_FILE: 'none',
    },
    {},
  )
  const running = await startServer({ ...config, timeouts: patient }, createLog('silent'))
  onTestFinished(() => running.stop())
}

test('a person who is no longer an administrator decides nothing at a page that is still open', async () => {
  for (const port of ports) await startReplica(port)
  const sdk = new Scalekit(
    `${local.url}/${ENVIRONMENT}`,
    ENVIRONMENT.replace('env_', 'skc_'),
    'test_local_secret',
  )
  const { organization } = await sdk.organization.createOrganization('Kept')
  const organizationId = organization?.id ?? ''
  const token = await mintToken(
    { localUrl: local.url },
    { subject: OLIVIA, resource: MCP_SERVER, scopes: allScopes },
  )
  const posted = await postCall(resource(), token, 'delete_organization', { organizationId })
  const { handOff } = toolErrorOf(posted) as unknown as { handOff: { url: string } }
  const browser = new PageBrowser()
  await browser.signIn(handOff.url, OLIVIA)
  const { fields } = await browser.open(handOff.url)
  expect(fields.digest).toBeDefined()

  const { users } = await sdk.user.listOrganizationUsers(OPERATOR)
  const olivia = users.find(({ email }) => email === OLIVIA)
  await sdk.user.updateMembership(OPERATOR, olivia?.id ?? '', { roles: ['member'] })

  // The first replica trusts what it read for a minute; the second reads it now.
  const page = handOff.url.replace(`:${ports[0]}`, `:${ports[1]}`)
  const headers = { origin: new URL(resource()).origin, cookie: browser.cookie }
  const form = new URLSearchParams({ ...fields, name: 'Kept', decision: 'confirm' })
  const sent = await fetch(page, { method: 'POST', headers, body: form })
  expect(sent.status).toBe(403)
  expect(await sent.text()).toContain('ADMIN_ROLES')
  const { html } = await browser.open(page)
  expect(html).toContain('ADMIN_ROLES')
  expect(html).not.toContain('Kept')
  expect((await sdk.organization.getOrganization(organizationId)).organization?.id).toBe(organizationId)
})
