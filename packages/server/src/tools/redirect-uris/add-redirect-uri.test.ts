import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'
const client = { [DEV]: 'skc_100000000000000001', [PRD]: 'skc_100000000000000002' }

const read = async (environmentId: typeof DEV | typeof PRD) =>
  (
    (await server.read(`clients/${client[environmentId]}`, environmentId)) as {
      client: { post_login_uris: string[] }
    }
  ).client

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('add_redirect_uri over %s', (era) => {
  const add = (environmentId: string, uri: string, more: Record<string, unknown> = {}) =>
    server.call(era, 'add_redirect_uri', { environmentId, uri, ...more }, { person: typesTheName })

  test('adds a URI to those of the environment\u2019s own client, once', async () => {
    const uri = `https://app.example.com/${era}`
    const before = (await read(DEV)).post_login_uris
    expect((await add(DEV, uri)).result?.client).toMatchObject({
      id: client[DEV],
      redirectUris: [...before, uri],
    })
    expect((await add(DEV, uri)).ok).toBe(true)
    expect((await read(DEV)).post_login_uris).toEqual([...before, uri])
  })

  test('in PRD asks a person, who sees the URI and types the name of the client', async () => {
    const uri = `https://app.example.com/${era}`
    const questions: string[] = []
    const { ok } = await server.call(
      era,
      'add_redirect_uri',
      { environmentId: PRD, uri },
      {
        person: (message) => {
          questions.push(message)
          return typesTheName(message)
        },
      },
    )
    expect(ok).toBe(true)
    expect(questions).toEqual([
      `Add redirect URI in Production (PRD, ${PRD}).\nURI: ${uri}\nTo confirm, type the name of ${client[PRD]}: Production app`,
    ])
    expect((await read(PRD)).post_login_uris).toContain(uri)
  })

  test('in PRD adds nothing when the person declines or nobody can be asked; in DEV nobody is asked', async () => {
    const uri = `https://unasked.example.com/${era}`
    const declined = await server.call(
      era,
      'add_redirect_uri',
      { environmentId: PRD, uri },
      { person: () => ({ action: 'decline' }) },
    )
    expect(declined.error).toMatchObject({ code: 'confirmation_declined' })
    const unasked = await server.call(era, 'add_redirect_uri', { environmentId: PRD, uri })
    expect(unasked.error).toMatchObject({ code: 'person_needed' })
    expect((await read(PRD)).post_login_uris).not.toContain(uri)
    expect((await server.call(era, 'add_redirect_uri', { environmentId: DEV, uri })).ok).toBe(true)
  })

  test.each(['http://localhost:5173/cb', 'https://127.0.0.1/cb', 'https://*.example.com/cb'])(
    '%s is for DEV only',
    async (uri) => {
      const { error } = await add(PRD, uri)
      expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining('DEV') })
      expect((await read(PRD)).post_login_uris).not.toContain(uri)
      expect((await add(DEV, uri)).ok).toBe(true)
      expect((await read(DEV)).post_login_uris).toContain(uri)
    },
  )

  test('says that there is no such client', async () => {
    const { error } = await add(DEV, 'https://app.example.com/cb', { clientId: client[PRD] })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
