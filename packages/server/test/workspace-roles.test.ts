import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tools } from '../src/tools/index.js'
import { postCall, toolErrorOf } from './post-message.js'
import { sampleArguments } from './sample-arguments.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
let member: string
beforeAll(async () => {
  server = await startServerUnderTest({ LINKS_IN_RESULTS: '1' })
  member = await server.token({ subject: 'viewer@example.com' })
})
afterAll(() => server.close())

const call = (token: string, name: string, args: Record<string, unknown>) =>
  postCall(`${server.url}?toolsets=all`, token, name, args, {
    era: '2026-07-28',
    capabilities: { elicitation: { form: {}, url: {} } },
  })

// Workspace mode has no rule of its own: the member's own token is exchanged, and Scalekit decides by the member's role.
describe('a member of the workspace with the role USER, who allowed every scope', () => {
  const writes = tools.filter(({ effect, name }) => effect !== 'read' && name !== 'invite_workspace_member')

  const usual = ['permission_denied', 'not_found', 'input_required']

  test.each(writes.map((tool) => ({ name: tool.name, tool })))('cannot use $name', async ({ tool }) => {
    const before = await server.state()
    const posted = await call(member, tool.name, sampleArguments(tool))
    const outcome = toolErrorOf(posted)?.code ?? posted.message.result?.resultType
    // What does not exist cannot be written either; a delete first asks a person, who changes nothing about the role.
    expect(usual, posted.text).toContain(outcome)
    expect(await server.state()).toEqual(before)
  })

  test.each(['create_organization', 'create_environment_oidc_connection', 'create_organization_user'])(
    '%s is what an ADMIN can do with the same arguments',
    async (name) => {
      const tool = tools.find((each) => each.name === name)
      if (!tool) throw new Error(`there is no tool ${name}`)
      expect(toolErrorOf(await call(member, name, sampleArguments(tool)))?.code).toBe('permission_denied')
      expect(toolErrorOf(await call(await server.token(), name, sampleArguments(tool)))).toBeUndefined()
    },
  )

  test('cannot delete, with the confirmation of a person', async () => {
    const { error } = await server.call(
      '2026-07-28',
      'delete_organization',
      { environmentId: 'env_100000000000000001', organizationId: 'org_100000000000000001' },
      { token: member, person: () => ({ action: 'accept', content: { name: 'Acme Robotics' } }) },
    )
    expect(error?.code).toBe('permission_denied')
  })

  test('reads', async () => {
    const posted = await call(member, 'list_organizations', { environmentId: 'env_100000000000000001' })
    expect(toolErrorOf(posted)).toBeUndefined()
  })
})
