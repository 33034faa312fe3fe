import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import createDirectory from '../src/tools/directories/create-directory.js'
import rotateDirectorySecret from '../src/tools/directories/rotate-directory-secret.js'
import rotateClientSecret from '../src/tools/environments/rotate-client-secret.js'
import { type BehindFaultyApi, startBehindFaultyApi } from './behind-faulty-api.js'
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
