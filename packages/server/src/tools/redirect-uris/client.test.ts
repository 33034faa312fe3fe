import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const own = 'skc_100000000000000001'
const native = 'skc_100000000000000200'

interface State {
  environments: { id: string; clients: { id: string; type: string; data: Record<string, unknown> }[] }[]
}

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

/** Gives the environment other clients, as an import of the local environment does. */
async function changeClients(change: (clients: State['environments'][0]['clients']) => void): Promise<void> {
  const url = `${server.local.url}/__local/state`
  const headers = {
    'x-scalekit-local': '1',
    accept: 'application/json',
    'content-type': 'application/json',
  }
  const state = (await (await fetch(url, { headers })).json()) as State
  change(state.environments.find(({ id }) => id === environmentId)?.clients ?? [])
  const response = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(state) })
  if (!response.ok) throw new Error(await response.text())
}

const add = (args: Record<string, unknown>) =>
  server.call('2026-07-28', 'add_redirect_uri', { environmentId, uri: 'https://app.example.com/cb', ...args })

describe('the client that a call is about', () => {
  test('is the environment’s own, on whatever page of the list it is', async () => {
    await changeClients((clients) => {
      for (let index = 0; index < 40; index++) {
        clients.push({
          id: `skc_1000000000000001${index + 10}`,
          type: 'WEB_APP',
          data: { name: `App ${index}` },
        })
      }
      clients.push({ id: native, type: 'NTV', data: { name: 'Phone' } })
    })
    const { clients } = (await server.read('clients?page_size=30', environmentId)) as {
      clients: { id: string }[]
    }
    expect(clients.map(({ id }) => id)).not.toContain(own)
    expect((await add({})).result?.client).toMatchObject({ id: own })
  })

  test('is the named one: a native app has a scheme of its own', async () => {
    const uri = 'com.example.app:/callback'
    expect((await add({ uri, clientId: native })).result?.client).toMatchObject({
      id: native,
      redirectUris: [uri],
    })
    const { client } = (await server.read(`clients/${native}`, environmentId)) as {
      client: { post_login_uris: string[] }
    }
    expect(client.post_login_uris).toEqual([uri])
  })

  test('must be named when there are several and none is the environment’s own', async () => {
    await changeClients((clients) => {
      clients.splice(0, clients.length)
      for (const id of ['skc_100000000000000301', 'skc_100000000000000302']) {
        clients.push({ id, type: 'WEB_APP', data: { name: id } })
      }
    })
    expect((await add({})).error).toMatchObject({
      code: 'invalid_arguments',
      nextStep: expect.stringContaining('clientId'),
    })
    expect((await add({ clientId: 'skc_100000000000000302' })).ok).toBe(true)
  })

  test('is not found when there is none', async () => {
    await changeClients((clients) => void clients.splice(0, clients.length))
    expect((await add({})).error).toMatchObject({ code: 'not_found' })
  })
})
