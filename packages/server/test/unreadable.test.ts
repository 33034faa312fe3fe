import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BehindFaultyApi, startBehindFaultyApi } from './behind-faulty-api.js'
import type { Fault } from './faulty-api.js'
import { typesTheName } from './server-under-test.js'

const environmentId = 'env_100000000000000002'
const organizationId = 'org_100000000000000011'

let behind: BehindFaultyApi
beforeAll(async () => {
  behind = await startBehindFaultyApi()
})
afterAll(() => behind.close())

/** Scalekit as it is for a caller who may write, and may not read what has this path. */
const notAllowedToRead =
  (path: RegExp): Fault =>
  (req, res) => {
    if (req.method !== 'GET' || !path.test(req.url ?? '')) return false
    res.writeHead(403, { 'content-type': 'application/json' }).end('{"code":7,"message":"not allowed"}')
    return true
  }

test.each([
  {
    tool: 'create_connected_account_magic_link',
    args: { connector: 'gmail', identifier: 'nobody' },
    path: /connected_accounts/,
    error: { code: 'person_needed' },
  },
  {
    tool: 'create_organization_user',
    args: { organizationId, email: 'reader@northwind.example', role: 'member' },
    path: /\/roles/,
    error: undefined,
  },
  {
    tool: 'add_permissions_to_role',
    args: { roleName: 'member', permissions: ['projects:write'] },
    path: /\/permissions/,
    error: undefined,
  },
])('$tool: what looks for an obstacle and may not read finds none', async ({ tool, args, path, error }) => {
  const { server, api } = behind
  api.fault = notAllowedToRead(path)
  const options = { query: '?toolsets=all', person: typesTheName }
  const answer = await server.call('2026-07-28', tool, { environmentId, ...args }, options)
  expect(answer.error).toEqual(error && expect.objectContaining(error))
  expect(api.seen.some((seen) => seen.method === 'GET' && path.test(seen.path))).toBe(true)
})
