import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const PRD = 'env_100000000000000002'
const organizationId = 'org_100000000000000011'
const userId = 'usr_100000000000000111'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

const call = (tool: string, args: Record<string, unknown>) =>
  server.call('2026-07-28', tool, args, { query: '?toolsets=all' })

/** A call in the PRD environment by a client that cannot ask: it hands off what a person would be asked. */
const errorOf = async (tool: string, args: Record<string, unknown>) =>
  (await call(tool, { environmentId: PRD, ...args })).error

const emailOf = async (id: string) => (await server.sdk(PRD).user.getUser(id)).user?.email ?? ''

describe('nobody is asked about a create whose name or id is taken', () => {
  test('by a member of the organization', async () => {
    const email = await emailOf(userId)
    expect(await errorOf('create_organization_user', { organizationId, email })).toMatchObject({
      code: 'already_exists',
      existingId: userId,
    })
  })

  test('by a user of another organization', async () => {
    const { organization } = await server.sdk(PRD).organization.createOrganization('Elsewhere')
    const email = await emailOf(userId)
    expect(
      await errorOf('create_organization_user', { organizationId: organization?.id, email }),
    ).toMatchObject({ code: 'already_exists', existingId: userId, message: expect.stringContaining(userId) })
  })

  test('by a member of the workspace', async () => {
    const { error } = await call('invite_workspace_member', { email: 'Admin@Example.com' })
    expect(error).toMatchObject({ code: 'already_exists', existingId: expect.stringMatching(/^usr_/) })
  })

  test('by a role, a permission, a domain, another organization', async () => {
    const sdk = server.sdk(PRD)
    await sdk.organization.createOrganization('Taken', { externalId: 'taken-1' })
    await sdk.domain.createDomain(organizationId, 'taken.example')
    const taken = { code: 'already_exists', existingId: expect.any(String) }
    const role = { name: 'member', displayName: 'Member' }
    expect(await errorOf('create_environment_role', role)).toMatchObject(taken)
    const permission = { name: 'projects:read', description: 'Read projects.' }
    expect(await errorOf('create_permission', permission)).toMatchObject(taken)
    expect(await errorOf('add_domain', { organizationId, domain: 'taken.example' })).toMatchObject(taken)
    expect(await errorOf('update_organization', { organizationId, externalId: 'taken-1' })).toMatchObject(
      taken,
    )
  })

  test('and a person is asked where nothing has it', async () => {
    const args = { organizationId, email: 'new.person@example.com' }
    expect(await errorOf('create_organization_user', args)).toMatchObject({ code: 'person_needed' })
    const role = { name: 'auditor', displayName: 'Auditor' }
    expect(await errorOf('create_environment_role', role)).toMatchObject({ code: 'person_needed' })
  })
})

describe('nobody is asked about what the object is not ready for', () => {
  test('a directory without a secret is not enabled', async () => {
    const { directory: api } = server.sdk(PRD)
    const { directory } = await api.createDirectory(organizationId, { directoryType: 1 } as never)
    expect(await errorOf('enable_directory', { organizationId, directoryId: directory?.id })).toMatchObject({
      code: 'precondition_failed',
      nextStep: expect.stringContaining('rotate_directory_secret'),
    })
  })

  test('a user who has joined is not invited again', async () => {
    expect(await errorOf('resend_invitation', { organizationId, userId })).toMatchObject({
      code: 'precondition_failed',
      nextStep: expect.stringContaining('PENDING_INVITE'),
    })
  })

  test('a session does not end before it is idle for long enough', async () => {
    const args = { organizationId, absoluteMinutes: 60, idleMinutes: 90 }
    expect(await errorOf('update_session_policy', args)).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('idleMinutes (90) must be less than absoluteMinutes (60)'),
    })
  })
})

describe('an error names the argument', () => {
  test('where the API names its own field', async () => {
    const { error: domain } = await call('add_domain', {
      environmentId: 'env_100000000000000001',
      organizationId: 'org_100000000000000001',
      domain: 'gmail.com',
    })
    expect(domain).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringMatching(/: domain\b/),
    })
  })

  test('and its rule in words', async () => {
    const words: Record<string, Record<string, unknown>> = {
      add_domain: { organizationId, domain: 'https://acme.example' },
      create_environment_role: { name: 'not a name', displayName: 'X' },
      create_permission: { name: 'not a name', description: 'X' },
      update_organization: { organizationId, slug: 'Not A Slug' },
    }
    for (const [tool, args] of Object.entries(words)) {
      const error = await errorOf(tool, args)
      expect(error).toMatchObject({ code: 'invalid_arguments' })
      expect(error?.message).not.toMatch(/pattern|\^/)
    }
  })
})
