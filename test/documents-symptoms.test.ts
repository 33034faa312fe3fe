import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { protect } from '@scalekit-mcp/auth'
import express from 'express'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inTime, mintToken, type Program, runToEnd, startDev } from './harness/program.js'

// Each symptom of the troubleshooting guide, caused here: the guide has the status and the line of the log.

const guide = readFileSync(new URL('../docs/guides/troubleshooting.md', import.meta.url), 'utf8')

function section(title: string): string {
  const found = guide.split('\n## ').find((part) => part.startsWith(`${title}\n`))
  if (found === undefined) throw new Error(`the guide has no section ${title}`)
  return found
}

let program: Program
beforeAll(async () => {
  program = await startDev({ args: ['--mode', 'environment'] })
})
afterAll(() => program?.stop())

const inAnHour = () => Math.floor(Date.now() / 1000) + 3600
/** Olivia administers the environment and may read organizations; each symptom changes something of that. */
const tokenWith = (changes: object = {}) =>
  mintToken(program, {
    subject: 'olivia@yourcompany.example',
    resource: 'res_100000000000000000',
    scopes: ['organization:read'],
    ...changes,
  })

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Calls a tool with the headers that a client sends, or other ones. Unlike fetch, it can set Host. */
function send(
  token: string | undefined,
  headers: Record<string, string> = {},
  path = '/mcp',
): Promise<Answer> {
  const { host, hostname, port } = new URL(program.url)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ hostname, port, path, method: 'POST' },
        headers: {
          host,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      },
      async (response) =>
        resolve({ status: response.statusCode, headers: response.headers, body: await text(response) }),
    )
    sent.once('error', reject)
    sent.end(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_organizations","arguments":{}}}',
    )
  })
}

/** The line of the log about an answer. */
async function logged({ headers }: Answer): Promise<Record<string, unknown>> {
  const line = () =>
    program
      .output()
      .split('\n')
      .find((each) => each.startsWith('{') && each.includes(`"requestId":"${headers['x-request-id']}"`))
  await expect.poll(line).toBeDefined()
  return JSON.parse(line() ?? '{}')
}

interface Symptom {
  readonly title: string
  readonly cause: () => Promise<Answer>
  readonly status: number
  readonly refused: string
  readonly detail?: string
  /** The values that the log compares. */
  readonly explanation?: RegExp
}

const jwt = (claim: string) => `ERR_JWT_CLAIM_VALIDATION_FAILED_${claim}`
const invalid = { status: 401, refused: 'invalid_token' }
const symptoms: readonly Symptom[] = [
  {
    title: 'Invalid audience',
    cause: async () => send(await tokenWith({ claims: { aud: program.url.replace(/mcp$/, '') } })),
    ...{
      ...invalid,
      detail: jwt('aud'),
      explanation: /audience of the token is http:\S+\/, and .* http:\S+\/mcp\.$/,
    },
  },
  {
    title: '401 again and again',
    cause: async () => send(await tokenWith({ claims: { iss: 'https://other.example.com' } })),
    ...{
      ...invalid,
      detail: 'iss_not_accepted',
      explanation: /is https:\/\/other\.example\.com, and .* http:/,
    },
  },
  {
    title: '401 again and again',
    cause: () => send('$TOKEN'),
    ...{ ...invalid, detail: 'not_one_token' },
  },
  {
    title: '401 again and again',
    cause: () => send('invalid-token'),
    ...{ ...invalid, detail: 'not_compact_jws' },
  },
  {
    title: '401 again and again',
    cause: () => send(undefined),
    ...{ status: 401, refused: 'missing_token' },
  },
  {
    title: 'Tokens expire',
    cause: async () => send(await tokenWith({ expires_in: -60 })),
    ...{ ...invalid, detail: 'ERR_JWT_EXPIRED_exp' },
  },
  {
    title: 'Clocks',
    cause: async () => send(await tokenWith({ claims: { nbf: inAnHour() } })),
    ...{ ...invalid, detail: jwt('nbf') },
  },
  {
    title: 'Clocks',
    cause: async () => send(await tokenWith({ claims: { iat: inAnHour(), exp: inAnHour() + 60 } })),
    ...{ ...invalid, detail: jwt('iat') },
  },
  {
    title: '403 again and again',
    cause: async () => send(await tokenWith({ scopes: ['environment:read'] })),
    ...{ status: 403, refused: 'insufficient_scope' },
  },
  {
    title: 'Not an administrator',
    cause: async () => send(await tokenWith({ subject: 'sam@yourcompany.example' })),
    ...{ status: 403, refused: 'not_an_administrator', detail: 'ADMIN_ROLES' },
  },
  {
    title: 'Not acceptable',
    cause: async () => send(await tokenWith(), { accept: 'application/json;q=0' }),
    ...{ status: 406, refused: 'not_acceptable' },
  },
  {
    title: 'Misdirected request',
    cause: async () => send(await tokenWith(), { host: 'mcp.acme.com' }),
    ...{ status: 421, refused: 'host_not_allowed' },
  },
  {
    title: 'CORS',
    cause: async () => send(await tokenWith(), { origin: 'https://app.example.com' }),
    ...{ status: 403, refused: 'origin_not_allowed' },
  },
]

describe('the troubleshooting guide', () => {
  test.each(symptoms)(
    '$title: $status, $refused $detail',
    async ({ title, cause, status, refused, detail, explanation }) => {
      const answer = await inTime(cause, (each) => each.status === 503)
      expect([answer.status, answer.body]).toEqual([status, expect.any(String)])
      expect(await logged(answer)).toMatchObject({
        ...{ status, refused },
        ...(detail ? { detail } : {}),
        ...(explanation ? { explanation: expect.stringMatching(explanation) } : {}),
      })
      const described = section(title)
      for (const word of [String(status), detail ?? refused]) expect(described).toContain(word)
    },
  )

  test('Wrong path: 404 that says where MCP is', async () => {
    const answer = await send(await tokenWith(), {}, '/')
    expect(answer.status).toBe(404)
    expect(await logged(answer)).toMatchObject({ status: 404, path: '/' })
    const [, quoted = ''] = /`404` with `(.+?)`/.exec(section('Wrong path')) ?? []
    expect(answer.body).toContain(quoted)
  })

  test('Metadata is missing or malformed: the server does not start, and names the variable', async () => {
    const variables = {
      SCALEKIT_ENV_URL: 'https://acme.scalekit.com',
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'secret',
      ADMIN_ORGANIZATION: 'org_1',
      EXPECTED_AUDIENCE: 'http://localhost:3002/',
      PROTECTED_RESOURCE_METADATA: '{"authorization_servers":[...],"resource":"..."}',
    }
    const { code, stderr } = await runToEnd(['serve'], variables)
    expect([code, stderr]).toEqual([78, expect.stringContaining('PROTECTED_RESOURCE_METADATA')])
    expect(section('Metadata is missing or malformed')).toContain('names `PROTECTED_RESOURCE_METADATA`')
  })

  test('Order of middleware: the error has the text of the guide', async () => {
    const refusals: string[] = []
    const app = express()
    app.use(express.json())
    const { path } = protect(app, {
      resource: 'http://localhost:3002/',
      scalekit: {
        environmentUrl: `${program.localUrl}/env_100000000000000001`,
        resourceId: 'res_100000000000000000',
      },
      scopes: [],
      onRefused: ({ code, cause }) => refusals.push(`${code} ${cause}`),
    })
    app.post(path, (_req, res) => void res.end())
    const claims = { aud: 'http://localhost:3002/' }
    await supertest(app)
      .post('/')
      .set('Authorization', `Bearer ${await tokenWith({ claims })}`)
      .send({ jsonrpc: '2.0', id: 1, method: 'ping' })
      .expect(500)
    const [, quoted = ''] = /log \| `(.+?)`/.exec(section('Order of middleware')) ?? []
    expect(refusals).toEqual([expect.stringMatching(new RegExp(`^server_error .*${quoted}`))])
  })

  test('Imports without .js: the error has the code of the guide', async () => {
    const imports = "import '@modelcontextprotocol/sdk/server/mcp'"
    const failed = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', imports], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
    }).catch(({ stderr }: { stderr: string }) => stderr)
    expect(failed).toContain('ERR_MODULE_NOT_FOUND')
    expect(section('Imports without .js')).toContain('ERR_MODULE_NOT_FOUND')
  })
})
