import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../src/app.js'
import { readConfig } from '../src/config.js'
import { type LocalEnvironment, startLocalEnvironment } from './local-environment.js'
import { callOf } from './program.js'

let local: LocalEnvironment
beforeAll(async () => {
  local = await startLocalEnvironment()
})
afterAll(() => local.close())

/** The status of calls by an administrator, with these variables as well. */
async function statusOf(variables: Record<string, string>) {
  const INTROSPECTION_URL = `${local.variables.SK_ENV_URL}/oauth/introspect`
  const app = createApp(readConfig({ ...local.variables, INTROSPECTION_URL, ...variables }))
  const token = await local.tokenOf('ana@acme.example', 'admin')
  const post = async (name: string, args: object) => {
    const { headers, body } = callOf(name, args)
    const sent = request(app)
      .post('/')
      .set({ host: 'localhost:3002', authorization: `Bearer ${token}`, ...headers })
    return (await sent.send(body)).status
  }
  return {
    greet_user: await post('greet_user', { name: 'Saif' }),
    admin_action: await post('admin_action', { action: 'Order robots' }),
  }
}

test('with INTROSPECTION_URL the credentials ask whether a token was revoked', async () => {
  expect(await statusOf({})).toEqual({ greet_user: 200, admin_action: 200 })
})

test('while nobody can be asked, what changes something is refused', async () => {
  const wrong = { SK_CLIENT_SECRET: 'wrong' }
  expect(await statusOf(wrong)).toEqual({ greet_user: 200, admin_action: 503 })
  expect(await statusOf({ ...wrong, INTROSPECTION_URL: '' })).toEqual({ greet_user: 200, admin_action: 200 })
})
