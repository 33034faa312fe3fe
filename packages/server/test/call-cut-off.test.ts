import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import createDirectory from '../src/tools/directories/create-directory.js'
import rotateDirectorySecret from '../src/tools/directories/rotate-directory-secret.js'
import rotateClientSecret from '../src/tools/environments/rotate-client-secret.js'
import { type BehindFaultyApi, startBehindFaultyApi } from './behind-faulty-api.js'
import { postCall } from './post-message.js'
import { runTool } from './run-tool.js'
import { patient } from './server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'

let both: BehindFaultyApi
beforeAll(async () => {
  both = await startBehindFaultyApi(undefined, { ...patient, call: 8_000 })
  // The first call opens connections and gets tokens.
  const warm = () => both.server.call('2026-07-28', 'list_organizations', { environmentId })
  for (let isReady = false; !isReady; ) isReady = (await warm()).ok
})
afterAll(() => both.close())
afterEach(() => {
  both.api.fault = undefined
})

/** From the first such request on, the API accepts requests of another kind and never answers them. */
function silentAfter(first: RegExp, silent: RegExp): void {
  let begun = false
  both.api.fault = ({ method, url }) => {
    const request = `${method} ${url}`
    begun ||= first.test(request)
    return begun && silent.test(request)
  }
}

const newSecret = /^POST .*\/secrets/

async function directories(): Promise<string[]> {
  const listed = await both.server.sdk(environmentId).directory.listDirectories(organizationId)
  return listed.directories.map(({ id }) => id)
}

test('a directory that is not finished in time is removed', async () => {
  const before = await directories()
  silentAfter(newSecret, /^PATCH .*:enable/)
  const call = runTool(both.server, createDirectory, { environmentId, organizationId })
  await expect(call).rejects.toThrow(/not finished in time/)
  await expect.poll(directories).toEqual(before)
})

test('a connection that is not finished when its client goes is removed', async () => {
  const { api, server } = both
  const gone = new AbortController()
  api.fault = ({ method, url = '' }) => {
    const isUpdate = method === 'PATCH' && /connections\/conn_\d+$/.test(url)
    if (isUpdate) gone.abort()
    return isUpdate
  }
  const connections = async () => {
    const { environments } = (await server.state()) as { environments: { connections: { id: string }[] }[] }
    return environments.flatMap((each) => each.connections.map(({ id }) => id))
  }
  const before = await connections()
  const issuer = 'https://idp.example.com'
  const args = { environmentId, organizationId, provider: 'OKTA', type: 'OIDC', issuer }
  const call = postCall(server.url, await server.token(), 'create_organization_connection', args, {
    signal: gone.signal,
  })
  await expect(call).rejects.toThrow()
  const removals = () =>
    api.seen.filter(({ method, path }) => method === 'DELETE' && path.includes('/connections/'))
  await expect.poll(removals).toHaveLength(1)
  await expect.poll(connections).toEqual(before)
})

test('what cannot be removed is in the error', async () => {
  const { api, server } = both
  api.fault = ({ method, url = '' }, res) => {
    if (!/connections\/conn_\d+$/.test(url) || method === 'GET') return false
    res.writeHead(503).end()
    return true
  }
  const args = { environmentId, organizationId, provider: 'OKTA', type: 'OIDC', clientId: 'x' }
  const { error } = await server.call('2026-07-28', 'create_organization_connection', args)
  expect(error).toMatchObject({
    code: 'upstream_unavailable',
    message: expect.stringMatching(/The draft conn_\d+ is left\./),
    nextStep: expect.stringContaining('delete_connection'),
    connectionId: expect.stringMatching(/^conn_/),
  })
})

test('a person gets the new secret where there is no time to disable the previous one', async () => {
  silentAfter(newSecret, /^(PUT|PATCH) .*\/secrets\//)
  const args = { environmentId, previous: 'disable' }
  const { output, revealed } = await runTool(both.server, rotateClientSecret, args)
  const [lines, warning] = revealed
  expect(lines?.value).toMatch(/^SCALEKIT_CLIENT_SECRET=.+$/m)
  const [before] = output.previous as { id: string }[]
  expect(before).toMatchObject({
    status: 'ACTIVE',
    error: { code: 'upstream_timeout', nextStep: expect.stringContaining('update_client_secret') },
  })
  expect(warning?.value).toContain(before?.id)
})

test.each(['keep', 'remove'])(
  'a person gets a new token where the directory cannot be read after it; previous: %s',
  async (previous) => {
    const { output } = await runTool(both.server, createDirectory, { environmentId, organizationId })
    const { id: directoryId } = output.directory as { id: string }
    silentAfter(newSecret, /^GET .*\/directories\//)
    const args = { environmentId, organizationId, directoryId, previous }
    const rotated = await runTool(both.server, rotateDirectorySecret, args)
    const [endpoint = '', token = ''] = rotated.revealed.map(({ value }) => value)
    const headers = { authorization: `Bearer ${token}` }
    expect((await fetch(`${endpoint}/Users`, { headers })).status).toBe(200)
  },
)
