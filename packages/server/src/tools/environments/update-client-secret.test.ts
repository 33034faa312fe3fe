import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const clientId = 'skc_100000000000000001'
const PRD = 'env_100000000000000002'
const productionClient = 'skc_100000000000000002'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('update_client_secret over %s', (era) => {
  const secretOf = async (environment: string, client: string) => {
    const answer = await server.read(`clients/${client}`, environment)
    const [secret] = (answer.client as { secrets: { id: string; secret_suffix: string; status: string }[] })
      .secrets
    if (!secret) throw new Error(`${client} has no secret`)
    return secret
  }
  const signsIn = async () => {
    const response = await fetch(`${server.local.url}/${environmentId}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: 'test_local_secret',
      }),
    })
    return response.status === 200
  }

  test('disables a secret, which then opens nothing, and enables it again', async () => {
    const { id } = await secretOf(environmentId, clientId)
    const update = (enabled: boolean) =>
      server.call(era, 'update_client_secret', { environmentId, clientId, secretId: id, enabled })
    expect((await update(false)).result?.secret).toMatchObject({ id, status: 'INACTIVE' })
    expect(await signsIn()).toBe(false)
    expect((await update(true)).result?.secret).toMatchObject({ id, status: 'ACTIVE' })
    expect(await signsIn()).toBe(true)
  })

  test('in PRD asks a person, who sees which secret it is', async () => {
    const { id, secret_suffix } = await secretOf(PRD, productionClient)
    const args = { environmentId: PRD, clientId: productionClient, secretId: id, enabled: false }
    const refused = await server.call(era, 'update_client_secret', args)
    expect(refused.error).toMatchObject({ code: 'person_needed' })
    const questions: string[] = []
    const { ok } = await server.call(era, 'update_client_secret', args, {
      person(message) {
        questions.push(message)
        return typesTheName(message)
      },
    })
    expect(ok).toBe(true)
    expect(questions).toEqual([expect.stringContaining(`Secret: ${id}, ends in ${secret_suffix}`)])
    const enabled = { ...args, enabled: true }
    expect((await server.call(era, 'update_client_secret', enabled, { person: typesTheName })).ok).toBe(true)
  })

  test('says that the client has no such secret', async () => {
    const args = { environmentId: PRD, clientId: productionClient, secretId: 'sec_999', enabled: false }
    const { error } = await server.call(era, 'update_client_secret', args, { person: typesTheName })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
