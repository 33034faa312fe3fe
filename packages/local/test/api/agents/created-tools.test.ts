import { ScalekitNotFoundException } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEV, type Local, PRD, startLocal } from '../local.js'

const ACCOUNT = 'ca_100000000000000002'

let local: Local
let sdk: ReturnType<Local['sdk']>
let token: string
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  sdk = local.sdk(DEV)
  token = await local.client(DEV)
})
afterAll(() => local.close())

const call = (method: string, path: string, body?: unknown) =>
  local.rest(method, `/api/v1/tools${path}`, { token, body })

const archive = {
  name: 'gmail_archive',
  description: 'Archive a mail.',
  input_schema: {
    type: 'object',
    properties: { message_id: { type: 'string' } },
    required: ['message_id'],
  },
  annotations: { title: 'Archive', destructive_hint: true },
}
/** The versions of a name in the list of tools, with those that calls use marked. */
const versions = async (name: string) => {
  const { tools } = await sdk.tools.listTools({ filter: { toolName: [name] } as never })
  return tools.map(({ definition, isDefault }) =>
    [definition?.tool_version ?? 'built in', isDefault && 'default'].filter(Boolean).join(' '),
  )
}
const execute = (toolName: string, params: Record<string, unknown> = {}) =>
  sdk.tools.executeTool({ toolName, connectedAccountId: ACCOUNT, params })

describe('a tool that an application creates', () => {
  it('is listed and called at once, with its own schema', async () => {
    const tool = { definition: archive, metadata: { owner: 'mail team' }, tags: ['mail'] }
    const created = await call('POST', '', tool)
    expect(created.body.tool).toMatchObject({
      id: expect.stringMatching(/^tol_\d{18}$/),
      provider: 'GMAIL',
      definition: {
        ...archive,
        ...{ display_name: 'Gmail archive', schema_version: '1', tool_version: '1' },
        annotations: { title: 'Archive', destructive_hint: true, read_only_hint: false },
      },
      ...{ metadata: { owner: 'mail team' }, tags: ['mail'], is_default: true },
    })
    const listed = await sdk.tools.listTools({ filter: { query: 'archive a mail' } as never })
    expect(listed.tools).toMatchObject([{ id: created.body.tool.id }])
    const scoped = await sdk.tools.listScopedTools('default', {
      filter: { toolNames: ['gmail_archive'] } as never,
    })
    expect(scoped.tools).toMatchObject([{ connectedAccountId: ACCOUNT }])
    const { data } = await execute('gmail_archive', { message_id: 'msg_1' })
    expect(data).toEqual({ ok: true, params: { message_id: 'msg_1' } })
    await expect(execute('gmail_archive')).rejects.toThrow(/params.message_id/)
  })

  it('is updated by its name, and deleted by its id', async () => {
    const { body } = await call('POST', '', { definition: archive })
    const changed = {
      ...archive,
      description: 'Move a mail to the archive.',
      input_schema: { type: 'object' },
    }
    const updated = await call('PUT', '', { definition: changed, tags: ['archive'] })
    expect(updated.body.tool).toMatchObject({ id: body.tool.id, tags: ['archive'], definition: changed })
    expect((await execute('gmail_archive')).data).toMatchObject({ ok: true })
    expect((await call('DELETE', `/${body.tool.id}`)).status).toBe(200)
    await expect(execute('gmail_archive')).rejects.toThrow(ScalekitNotFoundException)
    expect((await call('DELETE', `/${body.tool.id}`)).status).toBe(404)
    expect((await call('PUT', '', { definition: archive })).status).toBe(404)
  })

  it('has versions, of which calls use the default', async () => {
    const version = (tool_version: string, answers: string) => ({
      definition: { ...archive, tool_version, description: answers },
    })
    await call('POST', '', version('1', 'first'))
    await call('POST', '', version('2', 'second'))
    expect((await call('POST', '', version('2', 'again'))).status).toBe(409)
    expect(await versions('gmail_archive')).toEqual(['1 default', '2'])
    const choice = { name: 'gmail_archive', schema_version: '1', tool_version: '2' }
    const chosen = await call('POST', ':set_default', choice)
    expect(chosen.body.tool).toMatchObject({ is_default: true, definition: { description: 'second' } })
    expect(await versions('gmail_archive')).toEqual(['1', '2 default'])
    const summary = await sdk.tools.listTools({
      filter: { summary: true, toolName: ['gmail_archive'] } as never,
    })
    expect(summary.toolNames).toEqual(['gmail_archive'])
    await call('DELETE', `/${chosen.body.tool.id}`)
    expect(await versions('gmail_archive')).toEqual(['1 default'])
    expect((await call('POST', ':set_default', choice)).status).toBe(404)
  })

  it('can take the place of a tool of the catalogue, which does not change itself', async () => {
    const definition = { name: 'gmail_list_labels', tool_version: '2', description: 'Ours.' }
    const { tool } = (await call('POST', '', { definition })).body
    expect(await versions('gmail_list_labels')).toEqual(['built in default', '2'])
    expect((await execute('gmail_list_labels')).data).toHaveProperty('labels')
    const choose = (tool_version: string) =>
      call('POST', ':set_default', { name: 'gmail_list_labels', schema_version: '1', tool_version })
    await choose('2')
    expect((await execute('gmail_list_labels')).data).toEqual({ ok: true, params: {} })
    await choose('1')
    expect((await execute('gmail_list_labels')).data).toHaveProperty('labels')
    await choose('2')
    await call('DELETE', `/${tool.id}`)
    expect(await versions('gmail_list_labels')).toEqual(['built in default'])
    const [builtIn] = (await sdk.tools.listTools({ filter: { toolName: ['gmail_list_labels'] } as never }))
      .tools
    expect((await call('DELETE', `/${builtIn?.id}`)).status).toBe(400)
    expect((await call('PUT', '', { definition: { name: 'gmail_list_labels' } })).status).toBe(400)
  })

  it('belongs to the provider that its name starts with, also one of your own', async () => {
    const provider = { display_name: 'Robot Hub', proxy_url: 'https://api.robots.example', auth_patterns: [] }
    expect((await local.rest('POST', '/api/v1/custom-providers', { token, body: provider })).status).toBe(201)
    const definition = { name: 'robot_hub_drive' }
    expect((await call('POST', '', { definition })).body.tool.provider).toBe('ROBOT_HUB')
    const unknown = await call('POST', '', { definition: { name: 'nobody_drive' } })
    expect(unknown.body.message).toContain('must start with the key of a provider')
    await local.rest('DELETE', '/api/v1/custom-providers/ROBOT_HUB', { token })
    expect(await versions('robot_hub_drive')).toEqual([])
  })

  it.each<[string, object]>([
    ['no name', {}],
    ['a member that the definition does not have', { ...archive, rest_api_info: { method: 'POST' } }],
    ['a version that is too long', { ...archive, tool_version: '12345678901' }],
    ['a schema that is none', { ...archive, input_schema: { type: 'circle' } }],
  ])('is refused with %s', async (_what, definition) => {
    const { status, body } = await call('POST', '', { definition })
    expect([status, body.message]).toEqual([400, expect.stringContaining('tool.definition')])
  })

  it('is of one environment, and part of its exported state', async () => {
    await call('POST', '', { definition: archive })
    const other = await local.sdk(PRD).tools.listTools({ filter: { toolName: ['gmail_archive'] } as never })
    expect(other.tools).toEqual([])
    const headers = { 'x-scalekit-local': '1', accept: 'application/json' }
    const state = await local.rest('GET', '/__local/state', { headers })
    const put = await local.rest('PUT', '/__local/state', {
      headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
      body: state.body,
    })
    expect(put.status).toBe(200)
    expect(await versions('gmail_archive')).toEqual(['1 default'])
    await expect(
      local.sdk(PRD).tools.executeTool({ toolName: 'gmail_archive', connectedAccountId: ACCOUNT }),
    ).rejects.toThrow(ScalekitNotFoundException)
  })
})
