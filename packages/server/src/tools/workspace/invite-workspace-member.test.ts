import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('invite_workspace_member over %s', (era) => {
  const invite = (args: Record<string, unknown>, person = typesTheName) =>
    server.call(era, 'invite_workspace_member', args, { person })
  const memberOf = async (email: string) => {
    const { members } = (await server.read('members?page_size=100')) as { members: { email: string }[] }
    return members.find((member) => member.email === email)
  }

  test('invites with the role that is given', async () => {
    const email = `reader-${era}@example.com`
    const { result } = await invite({ email, role: 'USER', firstName: 'Rea' })
    expect(result?.member).toMatchObject({ email, role: 'USER', firstName: 'Rea' })
    expect(await memberOf(email)).toMatchObject({ role: 'USER', first_name: 'Rea' })
  })

  test('invites an ADMIN when a person types the address', async () => {
    const email = `second-admin-${era}@example.com`
    const questions: string[] = []
    const { result } = await invite({ email, role: 'ADMIN' }, (message) => {
      questions.push(message)
      return typesTheName(message)
    })
    expect(result?.member).toMatchObject({ role: 'ADMIN' })
    expect(questions).toEqual([expect.stringContaining('Role: ADMIN')])
    expect(await memberOf(email)).toMatchObject({ role: 'ADMIN' })
  })

  test.each(['ADMIN', 'USER'])(
    'invites no %s when the person declines, or nobody can be asked',
    async (role) => {
      const email = `no-${role.toLowerCase()}-${era}@example.com`
      const declined = await invite({ email, role }, () => ({ action: 'decline' }))
      expect(declined.error).toMatchObject({ code: 'confirmation_declined' })
      const unasked = await server.call(era, 'invite_workspace_member', { email, role })
      expect(unasked.error).toMatchObject({ code: 'person_needed' })
      expect(await memberOf(email)).toBeUndefined()
    },
  )

  test('without a role it invites a member who only reads', async () => {
    const email = `reads-${era}@example.com`
    const questions: string[] = []
    const { result } = await invite({ email }, (message) => {
      questions.push(message)
      return typesTheName(message)
    })
    expect(result?.member).toMatchObject({ role: 'USER' })
    expect(questions).toEqual([expect.stringContaining('Role: USER')])
    expect(await memberOf(email)).toMatchObject({ role: 'USER' })
  })

  test('refuses somebody who is a member already', async () => {
    const { error } = await invite({ email: 'viewer@example.com', role: 'USER' })
    expect(error).toMatchObject({ code: 'already_exists' })
  })
})
