import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Era,
  eras,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('delete_environment_role over %s', (era) => {
  const names = async () => (await server.sdk(environmentId).role.listRoles()).roles.map(({ name }) => name)
  const remove = (args: Record<string, unknown>) =>
    server.call(era, 'delete_environment_role', { environmentId, ...args }, { person: typesTheName })

  test('deletes a role when a person types its name', async () => {
    const name = await newRole(era, 'spare')
    expect((await remove({ name })).result).toEqual({ deleted: true })
    expect(await names()).not.toContain(name)
  })

  test('deletes nothing when another name is typed', async () => {
    const name = await newRole(era, 'kept')
    const { error } = await server.call(
      era,
      'delete_environment_role',
      { environmentId, name },
      { person: () => ({ action: 'accept', content: { name: 'admin' } }) },
    )
    expect(error).toMatchObject({ code: 'confirmation_mismatch' })
    expect(await names()).toContain(name)
  })

  test('of a role that users have, asks for another; these users get it', async () => {
    const name = await newRole(era, 'held')
    const organizationId = 'org_100000000000000002'
    const { user } = await server.sdk(environmentId).user.createUserAndMembership(organizationId, {
      email: `held-${era}@example.com`,
    })
    await server.sdk(environmentId).user.updateMembership(organizationId, user?.id ?? '', { roles: [name] })
    expect((await remove({ name })).error).toMatchObject({ code: 'precondition_failed' })
    expect((await remove({ name, reassignTo: 'guest' })).result).toEqual({ deleted: true })
    const after = await server.sdk(environmentId).user.getUser(user?.id ?? '')
    expect(after.user?.memberships[0]?.roles.map((role) => role.name)).toEqual(['guest'])
  })

  describe('asks nobody', () => {
    const questions: string[] = []
    const unasked = async (args: Record<string, unknown>) => {
      const person = (message: string) => {
        questions.push(message)
        return typesTheName(message)
      }
      const { error } = await server.call(
        era,
        'delete_environment_role',
        { environmentId, ...args },
        { person },
      )
      expect(questions).toEqual([])
      return error
    }

    test('about a role that users have, without another one for them', async () => {
      expect(await unasked({ name: 'member' })).toMatchObject({
        code: 'precondition_failed',
        message: expect.stringMatching(/^\d+ users have the role member\.$/),
        nextStep: expect.stringContaining('reassignTo'),
      })
    })

    test('about a role that others extend, whoever gets its users', async () => {
      const name = await newRole(era, 'extended')
      const extending = await newRole(era, 'extending', { extends: name })
      for (const reassignTo of [undefined, 'guest', extending]) {
        expect(await unasked({ name, reassignTo })).toMatchObject({
          code: 'precondition_failed',
          message: `Other roles extend ${name}: ${extending}.`,
          nextStep: expect.stringContaining('update_environment_role'),
        })
      }
      expect(await names()).toEqual(expect.arrayContaining([name, extending]))
    })

    test('about a role that roles of organizations extend', async () => {
      const name = await newRole(era, 'shared')
      await server.sdk(environmentId).role.createOrganizationRole('org_100000000000000002', {
        name: `own_${name}`,
        displayName: 'Own',
        extends: name,
      } as never)
      expect((await unasked({ name }))?.message).toBe(`Other roles extend ${name}: 1 of organizations.`)
    })
  })

  test('says that the environment loses a default role', async () => {
    const name = await newRole(era, 'founders', { isDefaultForCreators: true })
    const questions: string[] = []
    const person = (message: string) => {
      questions.push(message)
      return typesTheName(message)
    }
    await server.call(era, 'delete_environment_role', { environmentId, name }, { person })
    expect(questions[0]).toContain(
      'Is the default for: first users of organizations\nDefault after it: none, until another role is made the default\n',
    )
    await server.sdk(environmentId).role.updateDefaultRoles({ defaultCreatorRole: 'admin' })
  })

  test('says that there is no such role', async () => {
    expect((await remove({ name: 'nobody' })).error).toMatchObject({ code: 'not_found' })
  })
})

async function newRole(era: Era, kind: string, more: Record<string, unknown> = {}): Promise<string> {
  const name = `${kind}_${era.replaceAll('-', '_')}`
  await server.call(era, 'create_environment_role', { environmentId, name, displayName: kind, ...more })
  return name
}
