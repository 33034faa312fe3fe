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

const sdk = () =>
  new Scalekit(`${local.url}/${ENVIRONMENT}`, ENVIRONMENT.replace('env_', 'skc_'), 'test_local_secret')

/** A call of a person that waits at a page. */
async function handedOff(person: string, name: string) {
  const { organization } = await sdk().organization.createOrganization(name)
  const organizationId = organization?.id ?? ''
  const token = await mintToken(
    { localUrl: local.url },
    { subject: person, resource: MCP_SERVER, scopes: allScopes },
  )
  const posted = await postCall(resource(), token, 'delete_organization', { organizationId })
  const { handOff } = toolErrorOf(posted) as unknown as { handOff: { url: string } }
  return { organizationId, url: handOff.url }
}

test('another administrator who signs in with the same browser has a form token of their own', async () => {
  await startReplica(ports[0])
  const email = 'oscar@yourcompany.example'
  const { user } = await sdk().user.createUserAndMembership(OPERATOR, { email, sendInvitationEmail: false })
  await sdk().user.updateMembership(OPERATOR, user?.id ?? '', { roles: ['admin'] })
  const [first, second] = [await handedOff(OLIVIA, 'Of Olivia'), await handedOff(email, 'Of Oscar')]
  const browser = new PageBrowser()
  await browser.signIn(first.url, OLIVIA)
  const ofOlivia = await browser.open(first.url)
  await browser.signIn(`${second.url}?again`, email)
  const ofOscar = await browser.open(second.url)
  expect(ofOlivia.fields.token).toBeDefined()
  expect(ofOscar.fields.token).toBeDefined()
  expect(ofOscar.fields.token).not.toBe(ofOlivia.fields.token)
})

test('a person who is no longer an administrator decides nothing at a page that is still open', async () => {
  for (const port of ports) await startReplica(port)
  const { organizationId, url } = await handedOff(OLIVIA, 'Kept')
  const browser = new PageBrowser()
  await browser.signIn(url, OLIVIA)
  const { fields } = await browser.open(url)
  expect(fields.digest).toBeDefined()

  const { users } = await sdk().user.listOrganizationUsers(OPERATOR)
  const olivia = users.find(({ email }) => email === OLIVIA)
  await sdk().user.updateMembership(OPERATOR, olivia?.id ?? '', { roles: ['member'] })

  // The first replica trusts what it read for a minute; the second reads it now.
  const page = url.replace(`:${ports[0]}`, `:${ports[1]}`)
  const headers = { origin: new URL(resource()).origin, cookie: browser.cookie }
  const form = new URLSearchParams({ ...fields, name: 'Kept', decision: 'confirm' })
  const sent = await fetch(page, { method: 'POST', headers, body: form })
  expect(sent.status).toBe(403)
  expect(await sent.text()).toContain('ADMIN_ROLES')
  const { html } = await browser.open(page)
  expect(html).toContain('ADMIN_ROLES')
  expect(html).not.toContain('Kept')
  expect((await sdk().organization.getOrganization(organizationId)).organization?.id).toBe(organizationId)
})
