import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { Scalekit as ScalekitSdk } from '@scalekit-sdk/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, mintToken } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'
import { message } from '../src/cli/doctor/message.js'
import { type Config, ConfigError, loadConfig } from '../src/config/config.js'
import { type RunningServer, startServer } from '../src/main.js'
import { createLog } from '../src/observe/log.js'
import { tools } from '../src/tools/index.js'
import { openConversation } from './conversation.js'
import { sampleArguments } from './sample-arguments.js'
import { allScopes, patient } from './server-under-test.js'

const ENVIRONMENT = 'env_100000000000000001'
const OPERATOR = 'org_100000000000000000'
const MCP_SERVER = 'res_100000000000000000'
const SERVICE = 'skc_100000000000000001'

let folder: string
let local: LocalScalekit
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'administrators-'))
  local = await createLocalScalekit({ port: 0, memory: true })
})
afterAll(async () => {
  await local.close()
  await rm(folder, { recursive: true, force: true })
})

interface Deployment {
  readonly server: RunningServer
  readonly log: string[]
  readonly auditFile: string
}

const running: RunningServer[] = []
afterAll(() => Promise.all(running.map((server) => server.stop())))

/** The server in environment mode, with the rule that `rule` says. */
async function deploy(rule: Record<string, string>, timeouts = patient): Promise<Deployment> {
  const port = await freePort()
  const auditFile = join(folder, `${port}`, 'audit.jsonl')
  const log: string[] = []
  const config = loadConfig(
    {
      ...localEnvironment(local, 'http://localhost:3004/mcp', 'environment'),
      ADMIN_ORGANIZATION: '',
      ADMIN_ROLES: '',
      PORT: String(port),
      ALLOWED_HOSTS: `localhost:${port}`,
      AUDIT_FILE: auditFile,
      REQUESTS_PER_MINUTE: '100000',
      ...rule,
    },
    {},
  )
  const server = await startServer(
    { ...config, timeouts },
    createLog('info', { write: (line) => void log.push(line) }),
  )
  running.push(server)
  return { server, log, auditFile }
}

const tokenOf = (subject: string | undefined, request: Record<string, unknown> = {}) =>
  mintToken({ localUrl: local.url }, { subject, resource: MCP_SERVER, scopes: allScopes, ...request })

const MODERN = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}

interface Sent {
  readonly capabilities?: Record<string, unknown>
  readonly method: string
  readonly params?: Record<string, unknown>
  readonly era?: '2026-07-28' | '2025-11-25'
  /** The message is a response, not a request. */
  readonly responds?: true
}

async function send(
  { server }: Deployment,
  token: string,
  { method, params = {}, era, responds, capabilities = {} }: Sent,
) {
  const modern = era !== '2025-11-25'
  const name = params.name ?? params.uri
  const response = await fetch(`http://localhost:${server.port}/mcp?toolsets=all`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': modern ? '2026-07-28' : '2025-11-25',
      ...(modern ? { 'mcp-method': method } : {}),
      ...(modern && typeof name === 'string' ? { 'mcp-name': name } : {}),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      ...(responds
        ? { result: {} }
        : {
            method,
            params: modern
              ? {
                  ...params,
                  _meta: { ...MODERN, 'io.modelcontextprotocol/clientCapabilities': capabilities },
                }
              : params,
          }),
    }),
  })
  const text = await response.text()
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate') ?? '',
    retryAfter: response.headers.get('retry-after'),
    text,
    body: JSON.parse((text.split('data: ')[1] ?? text) || '{}') as Record<string, unknown>,
  }
}

const list: Sent = { method: 'tools/list' }
const read: Sent = { method: 'tools/call', params: { name: 'list_organizations', arguments: {} } }

/** Every kind of message that the server answers. */
const messages: Sent[] = [
  list,
  read,
  { method: 'tools/call', params: { name: 'create_organization', arguments: { name: 'Mine' } } },
  { method: 'tools/call', params: { name: 'whoami', arguments: {} } },
  { method: 'server/discover' },
  { method: 'prompts/list' },
  { method: 'prompts/get', params: { name: 'onboard_customer', arguments: {} } },
  { method: 'resources/list' },
  { method: 'resources/templates/list' },
  { method: 'resources/read', params: { uri: 'scalekit://docs/quickstart' } },
  {
    method: 'completion/complete',
    params: {
      ref: { type: 'ref/resource', uri: `scalekit://environments/{environmentId}` },
      argument: { name: 'environmentId', value: 'env' },
    },
  },
  { method: 'no/such_method' },
  {
    era: '2025-11-25',
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  },
  { era: '2025-11-25', ...list },
  { era: '2025-11-25', ...read },
  { era: '2025-11-25', method: 'a response', responds: true },
]

describe("a member of a customer's organization, who allowed every scope", () => {
  let deployment: Deployment
  let token: string
  beforeAll(async () => {
    deployment = await deploy({ ADMIN_ORGANIZATION: OPERATOR, ADMIN_ROLES: 'admin' })
    token = await tokenOf('ana@acme.example')
  })

  test.each(messages.map((message) => ({ message, name: `${message.era ?? ''} ${message.method}` })))(
    'is refused $name',
    async ({ message }) => {
      const { status, body, challenge } = await send(deployment, token, message)
      expect(status).toBe(403)
      expect(body).toMatchObject({
        error: 'not_an_administrator',
        subject: 'usr_100000000000000101',
        variable: 'ADMIN_ORGANIZATION',
      })
      // RFC 6750 section 3: a challenge, but nothing that a client could step up to.
      expect(challenge).toMatch(/^Bearer error="not_an_administrator"/)
      expect(challenge).not.toMatch(/insufficient_scope|scope=/)
    },
  )

  test.each(tools.map((tool) => ({ name: tool.name, tool })))(
    'is refused the tool $name',
    async ({ tool }) => {
      const params = { name: tool.name, arguments: sampleArguments(tool) }
      for (const era of ['2026-07-28', '2025-11-25'] as const) {
        const { status, body } = await send(deployment, token, { era, method: 'tools/call', params })
        expect(status).toBe(403)
        expect(body.error).toBe('not_an_administrator')
      }
    },
  )

  test('leaves a log line and an audit record that say who, and which variable decides', async () => {
    await send(deployment, token, read)
    await deployment.server.stop()
    const line = deployment.log.map((text) => JSON.parse(text)).findLast(({ refused }) => refused)
    expect(line).toMatchObject({
      refused: 'not_an_administrator',
      detail: 'ADMIN_ORGANIZATION',
      subject: 'usr_100000000000000101',
      status: 403,
    })
    const records = (await readFile(deployment.auditFile, 'utf8')).trim().split('\n')
    const refused = records.map((text) => JSON.parse(text)).findLast(({ decision }) => decision === 'refused')
    expect(refused).toMatchObject({
      subject: 'usr_100000000000000101',
      status: 403,
      reason: 'not_an_administrator: ADMIN_ORGANIZATION',
    })
  })
})

describe("a member of the operator's organization", () => {
  let deployment: Deployment
  beforeAll(async () => {
    deployment = await deploy({ ADMIN_ORGANIZATION: OPERATOR, ADMIN_ROLES: 'owner, admin' })
  })

  test('administers with the role', async () => {
    const token = await tokenOf('olivia@yourcompany.example')
    for (const message of [list, read]) {
      const { status, body } = await send(deployment, token, message)
      expect(status).toBe(200)
      expect(body).toHaveProperty('result')
    }
  })

  test('is refused without the role', async () => {
    const { status, body } = await send(deployment, await tokenOf('sam@yourcompany.example'), read)
    expect(status).toBe(403)
    expect(body).toMatchObject({ error: 'not_an_administrator', variable: 'ADMIN_ROLES' })
  })

  test('is asked for scopes first: without them the client steps up', async () => {
    const token = await tokenOf('olivia@yourcompany.example', { scopes: ['environment:read'] })
    const { status, challenge } = await send(deployment, token, read)
    expect(status).toBe(403)
    expect(challenge).toContain('error="insufficient_scope"')
  })

  test('needs a token that names the organization', async () => {
    const unbound = await tokenOf('olivia@yourcompany.example', { claims: { oid: null } })
    const elsewhere = await tokenOf('olivia@yourcompany.example', {
      claims: { oid: 'org_100000000000000001' },
    })
    for (const each of [unbound, elsewhere]) {
      expect((await send(deployment, each, read)).body).toMatchObject({ variable: 'ADMIN_ORGANIZATION' })
    }
  })

  test('cannot be impersonated: the organization in the token is checked against the membership', async () => {
    const token = await tokenOf('ana@acme.example', { claims: { oid: OPERATOR } })
    const { body } = await send(deployment, token, read)
    expect(body).toMatchObject({ error: 'not_an_administrator', variable: 'ADMIN_ORGANIZATION' })
  })

  test('is refused while the invitation is not accepted, and when the user does not exist', async () => {
    const sdk = new ScalekitSdk(`${local.url}/${ENVIRONMENT}`, SERVICE, 'test_local_secret')
    const { user } = await sdk.user.createUserAndMembership(OPERATOR, {
      email: 'invited@yourcompany.example',
      sendInvitationEmail: true,
    })
    const claims = { oid: OPERATOR }
    const invited = await tokenOf('invited@yourcompany.example', { claims })
    const nobody = await tokenOf(undefined, { client_id: 'app', claims: { ...claims, sub: 'usr_999999999' } })
    expect(user?.id).toMatch(/^usr_/)
    for (const token of [invited, nobody]) {
      expect((await send(deployment, token, read)).body).toMatchObject({ variable: 'ADMIN_ORGANIZATION' })
    }
  })

  test('is read from the API once for requests at the same time', async () => {
    const fresh = await deploy({ ADMIN_ORGANIZATION: OPERATOR })
    const token = await tokenOf('olivia@yourcompany.example')
    const before = await userReads()
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(fresh, token, list)))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect((await userReads()) - before).toBe(1)
  })

  test.each([
    { how: 'fails', fault: { status: 500 }, waits: patient },
    {
      how: 'does not answer in time',
      fault: { latency_ms: 100_000 },
      waits: { ...patient, administrator: 300 },
    },
  ])('is refused with 503 when the API $how, and passes again when it says', async ({ fault, waits }) => {
    const fresh = await deploy({ ADMIN_ORGANIZATION: OPERATOR }, waits)
    const token = await tokenOf('olivia@yourcompany.example')
    await control('POST', 'faults', { match: { path: 'GetUser' }, times: 0, ...fault })
    const failed = await send(fresh, token, list)
    await control('DELETE', 'faults')
    expect(failed.status).toBe(503)
    expect(failed.retryAfter).toBe('5')
    expect(failed.body).toMatchObject({ error: 'temporarily_unavailable' })
    const again = waits === patient ? fresh : await deploy({ ADMIN_ORGANIZATION: OPERATOR })
    expect((await send(again, token, list)).status).toBe(200)
  })
})

describe('ADMIN_PERMISSION', () => {
  test('lets in who has the permission by a role, and nobody else', async () => {
    const deployment = await deploy({ ADMIN_ORGANIZATION: OPERATOR, ADMIN_PERMISSION: 'billing:manage' })
    expect((await send(deployment, await tokenOf('olivia@yourcompany.example'), read)).status).toBe(200)
    const refused = await send(deployment, await tokenOf('sam@yourcompany.example'), read)
    expect(refused.body).toMatchObject({ error: 'not_an_administrator', variable: 'ADMIN_PERMISSION' })
  })
})

describe('?environment=', () => {
  test('of another environment, or of none that is known, is refused: this server manages one', async () => {
    const deployment = await deploy({ ADMIN_ORGANIZATION: OPERATOR })
    const token = await tokenOf('olivia@yourcompany.example')
    const at = (query: string) =>
      fetch(
        `http://localhost:${deployment.server.port}/mcp${query}`,
        message('2026-07-28', 'tools/list', {}, token),
      )
    expect((await at(`?environment=${ENVIRONMENT}`)).status).toBe(200)
    const other = await at('?environment=env_100000000000000002')
    expect(other.status).toBe(400)
    expect(await other.text()).toContain(ENVIRONMENT)
  })
})

describe('ADMIN_CLIENTS', () => {
  const own = (client_id: string) => tokenOf(undefined, { client_id })

  test('lets in the listed clients with their own tokens, and no person', async () => {
    const deployment = await deploy({ ADMIN_CLIENTS: `${SERVICE}, m2m_other` })
    expect((await send(deployment, await own(SERVICE), read)).status).toBe(200)
    const other = await send(deployment, await own('skc_stranger'), read)
    expect(other.body).toMatchObject({ error: 'not_an_administrator', variable: 'ADMIN_CLIENTS' })
    const person = await tokenOf('olivia@yourcompany.example', { client_id: SERVICE })
    expect((await send(deployment, person, read)).body).toMatchObject({ variable: 'ADMIN_ORGANIZATION' })
  })

  test('does not let a client confirm for itself: in PRD it only reads', async () => {
    const deployment = await deploy({ ADMIN_CLIENTS: SERVICE, SCALEKIT_ENVIRONMENT_TYPE: 'PRD' })
    const { organizationId } = await firstOrganization()
    const params = { name: 'delete_organization', arguments: { organizationId } }
    const capabilities = { elicitation: { form: {} } }
    const answer = await send(deployment, await own(SERVICE), { method: 'tools/call', params, capabilities })
    expect(answer.text).toContain('confirmation_unavailable')
    const { port } = deployment.server
    const url = `http://localhost:${port}/mcp`
    const args = { organizationId }
    await expect(openConversation(url, await own(SERVICE), params.name, args)).rejects.toThrow(
      'confirmation_unavailable',
    )
    expect((await send(deployment, await own(SERVICE), read)).status).toBe(200)
  })
})

describe('the configuration of environment mode', () => {
  const problemsOf = (rule: Record<string, string>): string => {
    try {
      loadConfig(
        {
          ...localEnvironment(local, 'http://localhost:3004/mcp', 'environment'),
          ADMIN_ORGANIZATION: '',
          ADMIN_ROLES: '',
          ...rule,
        },
        {},
      )
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.join('\n')
      throw error
    }
    return ''
  }

  test.each([
    [{}, 'ADMIN_ORGANIZATION is missing: '],
    [{ ADMIN_ROLES: 'admin', ADMIN_CLIENTS: 'skc_1' }, 'ADMIN_ROLES: needs ADMIN_ORGANIZATION'],
    [{ ADMIN_PERMISSION: 'a', ADMIN_CLIENTS: 'skc_1' }, 'ADMIN_PERMISSION: needs ADMIN_ORGANIZATION'],
    [{ ADMIN_ORGANIZATION: OPERATOR, ADMIN_ROLES: ' , ' }, 'ADMIN_ROLES: set it to one or more names'],
    [{ ADMIN_CLIENTS: ',' }, 'ADMIN_CLIENTS: set it to one or more names'],
    [{ ADMIN_ORGANIZATION: 'Acme' }, 'ADMIN_ORGANIZATION: set it to the id'],
  ])('%j is refused', (rule, problem) => {
    expect(problemsOf(rule)).toContain(problem)
  })

  test.each([
    [{ ADMIN_ROLE: 'admin' }, 'ADMIN_ROLE: is not a variable of this server'],
    [{ ADMIN_PERMISSIONS: 'a' }, 'ADMIN_PERMISSIONS: is not a variable of this server'],
    [{ admin_roles: 'admin' }, 'admin_roles: is not a variable of this server'],
    [{ ADMIN_ROLES: '' }, 'ADMIN_ROLES: is empty'],
    [{ ADMIN_PERMISSION: ' ' }, 'ADMIN_PERMISSION: is empty'],
  ])('what was meant to narrow the rule and does not is refused: %j', (environment, problem) => {
    const { ADMIN_ROLES, ADMIN_PERMISSION, ...rest } = localEnvironment(
      local,
      'http://localhost:3004/mcp',
      'environment',
    )
    expect(() => loadConfig(rest, environment)).toThrow(problem)
  })

  test('an embedder without a rule does not start either', async () => {
    const config = loadConfig(localEnvironment(local, 'http://localhost:3004/mcp', 'environment'), {})
    const upstream = { ...config.upstream, administrators: { roles: [], clients: [] } }
    const start = startServer({ ...config, upstream, audit: undefined } as Config, createLog('silent'))
    await expect(start).rejects.toThrow('nobody else may use environment mode')
  })

  test('in workspace mode Scalekit decides, so a rule that would be ignored is refused', () => {
    expect(() =>
      loadConfig(
        { ...localEnvironment(local, 'http://localhost:3002/mcp'), ADMIN_ORGANIZATION: OPERATOR },
        {},
      ),
    ).toThrow('ADMIN_ORGANIZATION: unset it in workspace mode')
  })
})

async function control(method: string, path: string, body?: unknown): Promise<Response> {
  const response = await fetch(`${local.url}/__local/${path}`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response
}

async function firstOrganization(): Promise<{ organizationId: string }> {
  const sdk = new ScalekitSdk(`${local.url}/${ENVIRONMENT}`, SERVICE, 'test_local_secret')
  const { organization } = await sdk.organization.createOrganization('Kept')
  return { organizationId: organization?.id ?? '' }
}

/** How often users were read by their id. */
async function userReads(): Promise<number> {
  const { requests } = (await (await control('GET', 'requests')).json()) as { requests: { path: string }[] }
  return requests.filter(({ path }) => /\/users\/usr_/.test(path)).length
}
