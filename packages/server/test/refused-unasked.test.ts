import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idOf, type ServerUnderTest, startServerUnderTest, typesTheName } from './server-under-test.js'

const environmentId = 'env_100000000000000002'
const organizationId = 'org_100000000000000011'
const another = 'org_100000000000000012'
const userId = 'usr_100000000000000111'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

/** A call of a client that can ask; its person confirms. */
async function callAndCount(tool: string, args: Record<string, unknown>) {
  const questions: string[] = []
  const person = (message: string) => {
    questions.push(message)
    return typesTheName(message)
  }
  const answer = await server.call('2026-07-28', tool, args, { query: '?toolsets=all', person })
  return { ...answer, questions }
}

describe('a call that must fail in a PRD environment asks nobody', () => {
  test.each([
    {
      title: 'a role that exists',
      tool: 'create_environment_role',
      args: { name: 'member', displayName: 'Member' },
      error: { code: 'already_exists', existingId: 'role_100000000000000012' },
    },
    {
      title: 'a user who is in the organization',
      tool: 'create_organization_user',
      args: { organizationId, email: 'Noor@northwind.example' },
      error: { code: 'already_exists', existingId: userId },
    },
    {
      title: 'an external id of another user',
      tool: 'create_organization_user',
      args: { organizationId, email: 'new@northwind.example', externalId: 'northwind-1' },
      error: { code: 'already_exists', existingId: userId },
    },
    {
      title: 'an external id of another organization',
      tool: 'update_organization',
      args: { organizationId, externalId: 'contoso' },
      error: { code: 'already_exists', existingId: another },
    },
    {
      title: 'a slug of another organization',
      tool: 'update_organization',
      args: { organizationId, slug: 'contoso' },
      error: { code: 'already_exists', existingId: another },
    },
    {
      title: 'a domain where everybody can have an address',
      tool: 'add_domain',
      args: { organizationId, domain: 'Gmail.com' },
      error: { code: 'invalid_arguments', message: expect.stringContaining('everybody can have an address') },
    },
    {
      title: 'an invitation that was accepted',
      tool: 'resend_invitation',
      args: { organizationId, userId },
      error: { code: 'precondition_failed', nextStep: expect.stringContaining('PENDING_INVITE') },
    },
    {
      title: 'session times in the wrong order',
      tool: 'update_session_policy',
      args: { organizationId, absoluteMinutes: 60, idleMinutes: 120 },
      error: { code: 'invalid_arguments', message: expect.stringContaining('idleMinutes (120)') },
    },
    {
      title: 'a provider that is no connection',
      tool: 'register_mcp_server',
      args: { name: 'Notes', url: 'https://notes.example.com/mcp', provider: 'nobody' },
      error: { code: 'not_found', message: expect.stringMatching(/^provider: /), argument: 'provider' },
    },
    {
      title: 'a link for an account that does not exist',
      tool: 'create_connected_account_magic_link',
      args: { connector: 'gmail', identifier: 'nobody' },
      error: { code: 'not_found', nextStep: expect.stringContaining('list_connected_accounts') },
    },
  ])('$tool: $title', async ({ tool, args, error }) => {
    const answer = await callAndCount(tool, { environmentId, ...args })
    expect(answer.error).toMatchObject(error)
    expect(answer.questions).toEqual([])
  })

  test('register_mcp_server: the URL of another server, with a slash at the end', async () => {
    const url = 'https://notes.northwind.example/mcp'
    const made = await callAndCount('register_mcp_server', { environmentId, name: 'Notes', url })
    const args = { environmentId, name: 'Again', url: `${url}/` }
    const { error, questions } = await callAndCount('register_mcp_server', args)
    expect(error).toMatchObject({ code: 'already_exists', existingId: idOf(made, 'mcpServer') })
    expect(questions).toEqual([])
  })

  test('add_domain: a domain that the organization has', async () => {
    const args = { environmentId, organizationId, domain: 'northwind.example' }
    const id = idOf(await callAndCount('add_domain', args), 'domain')
    const { error, questions } = await callAndCount('add_domain', args)
    expect(error).toMatchObject({ code: 'already_exists', existingId: id })
    expect(questions).toEqual([])
  })

  test('invite_workspace_member: somebody who is invited', async () => {
    const args = { email: 'invited@example.com' }
    const id = idOf(await callAndCount('invite_workspace_member', args), 'member')
    const { error, questions } = await callAndCount('invite_workspace_member', args)
    expect(error).toMatchObject({ code: 'already_exists', existingId: id })
    expect(questions).toEqual([])
  })

  test('enable_directory: a directory without a secret', async () => {
    const created = await server
      .sdk(environmentId)
      .directory.createDirectory(organizationId, { directoryType: 1 } as never)
    const { error, questions } = await callAndCount('enable_directory', {
      environmentId,
      organizationId,
      directoryId: created.directory?.id,
    })
    expect(error).toMatchObject({
      code: 'precondition_failed',
      nextStep: expect.stringContaining('rotate_directory_secret'),
    })
    expect(questions).toEqual([])
  })

  test('enable_environment_connection: a draft', async () => {
    const draft = await callAndCount('create_environment_oidc_connection', {
      environmentId,
      provider: 'CUSTOM',
    })
    const connectionId = idOf(draft, 'connection')
    const args = { environmentId, connectionId }
    const { error, questions } = await callAndCount('enable_environment_connection', args)
    expect(error).toMatchObject({
      code: 'precondition_failed',
      nextStep: expect.stringContaining('not complete'),
    })
    expect(questions).toEqual([])
  })

  test('update_mcp_server: a provider that is no connection', async () => {
    const ours = { environmentId, provider: 'CUSTOM', keyId: 'ours' }
    await callAndCount('create_environment_oidc_connection', ours)
    const url = 'https://files.example.com/mcp'
    const args = { environmentId, name: 'Files', url, provider: 'ours' }
    const registered = await callAndCount('register_mcp_server', args)
    expect(registered.questions).toEqual([expect.stringContaining('Signed in by: ours')])
    const mcpServerId = idOf(registered, 'mcpServer')
    const change = { environmentId, mcpServerId, provider: 'nobody' }
    const { error, questions } = await callAndCount('update_mcp_server', change)
    expect(error).toMatchObject({ code: 'not_found', message: expect.stringMatching(/^provider: /) })
    expect(questions).toEqual([])
  })

  test('a key that was used with other arguments', async () => {
    const args = { environmentId, organizationId, idempotencyKey: 'invite-once-1' }
    await callAndCount('create_organization_user', { ...args, email: 'first@northwind.example' })
    const { error, questions } = await callAndCount('create_organization_user', {
      ...args,
      email: 'second@northwind.example',
    })
    expect(error).toMatchObject({ code: 'idempotency_conflict' })
    expect(questions).toEqual([])
  })
})

describe('a call that can work asks', () => {
  test('for a change that repeats the slug and the external id of the same organization', async () => {
    const same = { slug: 'northwind', externalId: 'northwind' }
    const args = { environmentId, organizationId, ...same, name: 'Northwind Ltd' }
    const { ok, questions } = await callAndCount('update_organization', args)
    expect(ok).toBe(true)
    expect(questions).toHaveLength(1)
  })
})

test('nobody is asked again for a create that is repeated with its key', async () => {
  const args = {
    environmentId,
    organizationId,
    email: 'again@northwind.example',
    idempotencyKey: 'invite-once-2',
  }
  const first = await callAndCount('create_organization_user', args)
  const second = await callAndCount('create_organization_user', args)
  expect(second.result).toEqual(first.result)
  expect([first.questions.length, second.questions.length]).toEqual([1, 0])
})

describe('a call in a DEV environment, where nobody is asked', () => {
  const inDev = { environmentId: 'env_100000000000000001', organizationId: 'org_100000000000000001' }

  test('lists the argument that Scalekit refuses, with its rule', async () => {
    const args = { ...inDev, domain: 'rediffmail.com' }
    const { error } = await server.call('2026-07-28', 'add_domain', args)
    expect(error).toMatchObject({ code: 'invalid_arguments', message: 'Scalekit refused domain' })
    expect(error?.nextStep).toContain('domain: Like acme.example.')
  })

  test('is refused for arguments that are out of order', async () => {
    const args = { ...inDev, absoluteMinutes: 60, idleMinutes: 120 }
    const { error } = await server.call('2026-07-28', 'update_session_policy', args)
    expect(error?.message).toContain('idleMinutes (120)')
  })
})

describe('a question says what the call does', () => {
  test('whether a new user is invited', async () => {
    const args = { environmentId, organizationId, email: 'silent@northwind.example', givenName: 'Sam' }
    const silent = await callAndCount('create_organization_user', { ...args, sendInvitation: false })
    expect(silent.questions.join()).toContain('Invitation: none: the user is active at once')
    expect(silent.questions.join()).toContain('Given name: Sam')
    const invited = await callAndCount('create_organization_user', {
      ...args,
      email: 'told@northwind.example',
    })
    expect(invited.questions.join()).toContain('Invitation: sent by e-mail')
  })

  test('what replaces the metadata, and that nothing does', async () => {
    const metadata = [{ key: 'tier', value: 'gold, admin=true' }]
    const set = await callAndCount('update_organization', { environmentId, organizationId, metadata })
    expect(set.questions.join()).toContain('Metadata, in place of all: tier="gold, admin=true"')
    const none = await callAndCount('update_organization', { environmentId, organizationId, metadata: [] })
    expect(none.questions.join()).toContain('Metadata, in place of all: none')
  })

  test('that sessions no longer end without activity', async () => {
    const args = { environmentId, organizationId, absoluteMinutes: 600 }
    const { questions } = await callAndCount('update_session_policy', { ...args, idleMinutes: 0 })
    expect(questions.join()).toContain('Without activity they end: never')
  })
})
