import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { measure } from '../../../test/harness/measure.js'
import { optInToolsets } from '../src/tool.js'
import { tools } from '../src/tools/index.js'
import { postCall, toolErrorOf } from './post-message.js'
import { sampleArguments } from './sample-arguments.js'
import { allScopes, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest({ REQUESTS_PER_MINUTE: '100000' })
})
afterAll(() => server.close())

/** One call as it is on the wire, where all toolsets are offered unless the query says otherwise. */
async function send(token: string, name: string, args: Record<string, unknown>, query = '?toolsets=all') {
  const response = await fetch(server.url + query, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  })
  const text = await response.text()
  const { result } = JSON.parse(text.split('data: ')[1] ?? text) as {
    result?: { isError?: boolean; content: { text: string }[] }
  }
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate') ?? '',
    code: result?.isError ? (JSON.parse(result.content[0]?.text ?? '{}').error.code as string) : undefined,
  }
}

/** Calls with an id of another environment, and what else than a refusal came of them. */
const crossed = { calls: 0, answered: 0 }

describe.each(tools.map((tool) => ({ name: tool.name, tool })))('$name', ({ tool }) => {
  test.each(tool.scopes.map((scope) => ({ scope })))(
    'without $scope is refused with 403, naming every scope that it needs',
    async ({ scope }) => {
      const held = allScopes.filter((each) => each !== scope)
      const token = await server.token({ scopes: held })
      const { status, challenge } = await send(token, tool.name, sampleArguments(tool))
      expect(status).toBe(403)
      expect(challenge).toContain('error="insufficient_scope"')
      // Before 2026-07-28: what the token has, and what the call needs.
      const kept = held.filter((each) => !tool.scopes.some((needed) => needed === each))
      expect(challenge).toContain(`scope="${[...kept, ...tool.scopes].join(' ')}"`)
    },
  )

  test('in read-only mode works only if it reads', async () => {
    const { code } = await send(
      await server.token(),
      tool.name,
      sampleArguments(tool),
      '?toolsets=all&readonly=true',
    )
    if (tool.effect === 'read') expect(code).not.toBe('tool_not_available')
    else expect(code).toBe('tool_not_available')
  })

  if (!tool.waitsForPerson)
    test('is not there when its toolset is not selected', async () => {
      const other = tool.toolset === 'users' ? 'organizations' : 'users'
      const { code } = await send(
        await server.token(),
        tool.name,
        sampleArguments(tool),
        `?toolsets=${other}`,
      )
      expect(code).toBe('tool_not_available')
    })

  if (optInToolsets.some((each) => each === tool.toolset))
    test('is not there unless its toolset is asked for', async () => {
      const { code } = await send(await server.token(), tool.name, sampleArguments(tool), '')
      expect(code).toBe('tool_not_available')
    })

  if ('environmentId' in tool.input.shape)
    test('bound to another environment is refused', async () => {
      const args = sampleArguments(tool, { environmentId: DEV })
      const { code } = await send(await server.token(), tool.name, args, `?toolsets=all&environment=${PRD}`)
      expect(code).toBe('environment_not_available')
    })

  const foreign = {
    organizationId: 'org_100000000000000001',
    userId: 'usr_100000000000000101',
    clientId: 'skc_100000000000000001',
    mcpServerId: 'res_100000000000000002',
    directoryId: 'dir_100000000000000001',
    domainId: 'dom_100000000000000001',
  }
  // A create under a client id at somebody else's identity provider names nothing of Scalekit's.
  const takesForeign =
    tool.toolset !== 'connections' && Object.keys(foreign).some((name) => name in tool.input.shape)
  if (takesForeign && 'environmentId' in tool.input.shape)
    test('reaches nothing of another environment', async () => {
      const args = sampleArguments(tool, { ...foreign, environmentId: PRD })
      // A client that could be asked to confirm: the object is looked for first.
      const posted = await postCall(`${server.url}?toolsets=all`, await server.token(), tool.name, args, {
        era: '2026-07-28',
        capabilities: { elicitation: { form: {}, url: {} } },
      })
      const code = toolErrorOf(posted)?.code
      crossed.calls++
      if (code === undefined) crossed.answered++
      expect(code, posted.text).toBe('not_found')
    })
})

test('no tool gave or changed anything of another environment', () => {
  expect(crossed.calls).toBeGreaterThan(20)
  expect(crossed.answered).toBe(0)
  measure('F5', `${crossed.answered} of ${crossed.calls}`)
})
