import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const PRD = 'env_100000000000000002'
const northwind = 'org_100000000000000011'
const query = '?toolsets=organizations'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('update_session_policy over %s', (era) => {
  const update = (args: Record<string, unknown>) =>
    server.call(era, 'update_session_policy', { environmentId, organizationId, ...args }, { query })
  const upstream = async () =>
    (await server.read(`organizations/${organizationId}/session-policy`, environmentId)).policy

  test('limits sessions, leaves what is not named, and goes back to the policy of the environment', async () => {
    const limited = await update({ absoluteMinutes: 480 })
    expect(limited.result?.policy).toMatchObject({
      own: { absoluteMinutes: 480 },
      effective: { absoluteMinutes: 480 },
    })
    expect(await upstream()).toMatchObject({ policy_source: 'CUSTOM', absolute_session_timeout: 480 })
    const idle = await update({ idleMinutes: 30 })
    expect(idle.result?.policy).toMatchObject({ own: { absoluteMinutes: 480, idleMinutes: 30 } })
    const always = await update({ idleMinutes: 0 })
    expect(always.result?.policy).toMatchObject({ own: { absoluteMinutes: 480 } })
    expect(always.result?.policy).not.toHaveProperty('own.idleMinutes')
    const back = await update({ useEnvironmentPolicy: true })
    expect(back.result?.policy).not.toHaveProperty('own')
    expect(await upstream()).toMatchObject({ policy_source: 'APPLICATION' })
  })

  test.each([
    ['nothing', {}],
    [
      'times together with the policy of the environment',
      { absoluteMinutes: 480, useEnvironmentPolicy: true },
    ],
    ['an idle time that is no shorter', { absoluteMinutes: 60, idleMinutes: 60 }],
  ])('refuses %s', async (_, args) => {
    const before = await upstream()
    expect((await update(args)).error).toMatchObject({ code: 'invalid_arguments' })
    expect(await upstream()).toEqual(before)
  })

  test('in PRD asks a person, who sees the limits', async () => {
    const absoluteMinutes = { '2026-07-28': 480, '2025-11-25': 240 }[era]
    const args = { environmentId: PRD, organizationId: northwind, absoluteMinutes, idleMinutes: 0 }
    const refused = await server.call(era, 'update_session_policy', args, { query })
    expect(refused.error).toMatchObject({ code: 'person_needed' })
    const questions: string[] = []
    const { ok } = await server.call(era, 'update_session_policy', args, {
      query,
      person(message) {
        questions.push(message)
        return typesTheName(message)
      },
    })
    expect(ok).toBe(true)
    expect(questions).toEqual([expect.stringContaining(`Sessions end after: ${absoluteMinutes} minutes`)])
  })

  test('says that there is no such organization', async () => {
    const { error } = await update({ organizationId: 'org_999', absoluteMinutes: 480 })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
