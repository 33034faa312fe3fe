import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { HandOffVisitor } from '../../../test/harness/hand-off-page.js'
import { tools } from '../src/tools/index.js'
import { postCall, toolErrorOf } from './post-message.js'
import { sampleArguments } from './sample-arguments.js'
import {
  eras,
  type Person,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from './server-under-test.js'

let server: ServerUnderTest
let member: string
beforeAll(async () => {
  server = await startServerUnderTest({ LINKS_IN_RESULTS: '1' })
  member = await server.token({ subject: 'viewer@example.com' })
})
afterAll(() => server.close())

const prdOrganization = {
  environmentId: 'env_100000000000000002',
  organizationId: 'org_100000000000000011',
}

/** Faults of the local environment. */
const faults = (method: string, body?: object) =>
  fetch(`${server.local.url}/__local/faults`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

const call = (token: string, name: string, args: Record<string, unknown>) =>
  postCall(`${server.url}?toolsets=all`, token, name, args, {
    era: '2026-07-28',
    capabilities: { elicitation: { form: {}, url: {} } },
  })

// Workspace mode has no rule of its own: the member's own token is exchanged, and Scalekit decides by the member's role.
describe('a member of the workspace with the role USER, who allowed every scope', () => {
  const writes = tools.filter(({ effect }) => effect !== 'read')

  const usual = ['permission_denied', 'not_found']

  test.each(writes.map((tool) => ({ name: tool.name, tool })))('cannot use $name', async ({ tool }) => {
    const before = await server.state()
    const posted = await call(member, tool.name, sampleArguments(tool))
    const outcome = toolErrorOf(posted)?.code ?? posted.message.result?.resultType
    // What does not exist cannot be written either. Nobody is asked: a person changes nothing about the role.
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

  describe.each(eras)('in PRD, over %s', (era) => {
    const remove = (options: { token?: string; person?: Person } = {}) =>
      server.call(era, 'delete_organization', prdOrganization, { token: member, ...options })
    const refusal = {
      code: 'permission_denied',
      message: 'delete_organization needs the workspace role ADMIN; the role of this caller is USER.',
      nextStep: expect.stringContaining('admin@example.com'),
      role: 'USER',
      administrators: ['admin@example.com'],
    }

    test('is refused without a question', async () => {
      const person = vi.fn(typesTheName)
      expect((await remove({ person })).error).toMatchObject(refusal)
      expect(person).not.toHaveBeenCalled()
    })

    test('gets no page where the client cannot ask', async () => {
      expect((await remove()).error).toMatchObject(refusal)
    })

    test('is asked where the role cannot be read: Scalekit decides', async () => {
      await faults('POST', { match: { path: 'GetCurrentMember' }, status: 403, times: 0 })
      onTestFinished(async () => void (await faults('DELETE')))
      const person = vi.fn(typesTheName)
      expect((await remove({ person })).error).toMatchObject({ code: 'permission_denied' })
      expect(person).toHaveBeenCalledOnce()
    })
  })

  test('reads', async () => {
    const posted = await call(member, 'list_organizations', { environmentId: 'env_100000000000000001' })
    expect(toolErrorOf(posted)).toBeUndefined()
  })
})

test('a member whose role only reads by the time they open the page of a call cannot make it', async () => {
  const own = await startServerUnderTest()
  onTestFinished(() => own.close())
  const { error } = await own.call('2026-07-28', 'delete_organization', prdOrganization)
  const { handOff } = error as unknown as { handOff: { id: string; url: string } }
  const visitor = new HandOffVisitor('admin@example.com')
  expect((await visitor.open(handOff.url)).asksFor).toBeDefined()
  await becomesUser(own, 'admin@example.com')
  const page = await visitor.open(handOff.url)
  expect(page).toMatchObject({ status: 409, html: expect.stringContaining('needs the workspace role ADMIN') })
})

/** The local environment changes the role of a member. */
async function becomesUser({ local, state }: ServerUnderTest, email: string): Promise<void> {
  const seed = (await state()) as { workspace: { members: { email: string; role: string }[] } }
  const members = seed.workspace.members.map((each) =>
    each.email === email ? { ...each, role: 'USER' } : each,
  )
  const response = await fetch(`${local.url}/__local/state`, {
    method: 'PUT',
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ ...seed, workspace: { ...seed.workspace, members } }),
  })
  expect(response.status).toBe(200)
}
