import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  itemsOf,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const PRD = 'env_100000000000000002'

describe.each(eras)('set_app_urls over %s', (era) => {
  let server: ServerUnderTest
  beforeAll(async () => {
    server = await startServerUnderTest()
  })
  afterAll(() => server.close())

  const set = (args: Record<string, unknown>) =>
    server.call(era, 'set_app_urls', { environmentId, ...args }, { person: typesTheName })
  const upstream = async (environment = environmentId) => {
    const { client } = await server.read(`clients/${environment.replace('env_', 'skc_')}`, environment)
    return client as Record<string, unknown>
  }

  test('moves an app in two calls, without localhost', async () => {
    const list = await server.call(era, 'list_redirect_uris', { environmentId })
    const app = itemsOf(list).find(({ id }) => id === 'skc_100000000000000001')
    const moved = await set({
      addRedirectUris: ['https://app.example.com/callback'],
      removeRedirectUris: app?.redirectUris,
      addPostLogoutRedirectUris: ['https://app.example.com/'],
      removePostLogoutRedirectUris: app?.postLogoutRedirectUris,
      initiateLoginUri: 'https://app.example.com/login',
    })
    expect(moved.result?.client).toEqual({
      id: 'skc_100000000000000001',
      name: 'Development app',
      type: 'ENV',
      redirectUris: ['https://app.example.com/callback'],
      postLogoutRedirectUris: ['https://app.example.com/'],
      initiateLoginUri: 'https://app.example.com/login',
    })
    expect(await upstream()).toMatchObject({
      post_login_uris: ['https://app.example.com/callback'],
      post_logout_redirect_uris: ['https://app.example.com/'],
      initiate_login_uri: 'https://app.example.com/login',
    })
  })

  test('leaves what is not named, and adds nothing twice', async () => {
    const before = await upstream()
    const args = { addRedirectUris: ['https://second.example.com/cb'] }
    await set(args)
    await set(args)
    expect(await upstream()).toMatchObject({
      post_login_uris: [...(before.post_login_uris as string[]), 'https://second.example.com/cb'],
      post_logout_redirect_uris: before.post_logout_redirect_uris,
      initiate_login_uri: before.initiate_login_uri,
    })
  })

  test('in PRD shows a person each change and what the lists are after it', async () => {
    const questions: string[] = []
    const args = {
      environmentId: PRD,
      addRedirectUris: ['https://app.example.com/callback'],
      removeRedirectUris: ['http://localhost:3000/auth/callback'],
    }
    const { ok } = await server.call(era, 'set_app_urls', args, {
      person(message) {
        questions.push(message)
        return typesTheName(message)
      },
    })
    expect(ok).toBe(true)
    expect(questions).toEqual([
      [
        `Set app URLs in Production (PRD, ${PRD}).`,
        'Added redirect URIs: https://app.example.com/callback',
        'Removed redirect URIs: http://localhost:3000/auth/callback',
        'All redirect URIs after it: https://app.example.com/callback',
        'To confirm, type the name of skc_100000000000000002: Production app',
      ].join('\n'),
    ])
    expect(await upstream(PRD)).toMatchObject({ post_login_uris: ['https://app.example.com/callback'] })
  })

  test.each([
    ['nothing', {}, 'invalid_arguments'],
    ['a URI that is not there to remove', { removeRedirectUris: ['https://gone.example.com/'] }, 'not_found'],
    [
      'a URI to add and to remove',
      { addRedirectUris: ['https://a.example.com/'], removeRedirectUris: ['https://a.example.com/'] },
      'invalid_arguments',
    ],
    [
      'localhost in PRD',
      { environmentId: PRD, initiateLoginUri: 'http://localhost:3000/login' },
      'invalid_arguments',
    ],
    ['plain http', { addPostLogoutRedirectUris: ['http://app.example.com/'] }, 'invalid_arguments'],
  ])('refuses %s, and changes nothing', async (_, args, code) => {
    const before = [await upstream(), await upstream(PRD)]
    expect((await set(args)).error).toMatchObject({ code })
    expect([await upstream(), await upstream(PRD)]).toEqual(before)
  })
})
