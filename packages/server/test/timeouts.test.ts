import { afterEach, expect, test } from 'vitest'
import { loadConfig } from '../src/config/config.js'
import { type BehindFaultyApi, startBehindFaultyApi } from './behind-faulty-api.js'
import { postCall, toolErrorOf } from './post-message.js'
import { eras, patient } from './server-under-test.js'

const DEV = 'env_100000000000000001'

let both: BehindFaultyApi
afterEach(() => both?.close())

/** Calls while the API accepts requests and never answers. */
async function callOfSilentApi(waits: Partial<typeof patient>, tool: string, era: (typeof eras)[number]) {
  both = await startBehindFaultyApi(undefined, { ...patient, ...waits })
  const token = await both.server.token()
  const warm = () => postCall(both.server.url, token, 'list_organizations', { environmentId: DEV })
  await expect.poll(async () => toolErrorOf(await warm())).toBeUndefined()
  both.api.seen.length = 0
  both.api.fault = () => true
  const args = tool.startsWith('create') ? { environmentId: DEV, name: 'Initech' } : { environmentId: DEV }
  return toolErrorOf(await postCall(both.server.url, token, tool, args, { era }))
}

const ways = eras.flatMap((era) =>
  ['list_organizations', 'create_organization'].map((tool) => ({ era, tool })),
)

test.each(ways)('$tool ends at the deadline of the call ($era)', async ({ era, tool }) => {
  expect(await callOfSilentApi({ call: 2_000 }, tool, era)).toMatchObject({ code: 'upstream_timeout' })
  await expect.poll(() => both.api.seen.map(({ brokenOffAt }) => brokenOffAt)).toEqual([expect.any(Number)])
})

test.each(ways)('$tool ends when the API is silent ($era)', async ({ era, tool }) => {
  expect(await callOfSilentApi({ silence: 500 }, tool, era)).toMatchObject({
    code: expect.stringMatching(/^upstream_(timeout|unavailable)$/),
  })
})

test('the product answers within 5.5 seconds, and waits five minutes for a person', () => {
  const config = loadConfig(
    {
      SCALEKIT_WORKSPACE_URL: 'https://acme.scalekit.com',
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'secret',
      EXPECTED_AUDIENCE: 'https://mcp.acme.com/mcp',
      MCP_SERVER_ID: 'res_1',
    },
    {},
  )
  expect(config.timeouts).toEqual({
    call: 5_500,
    answer: 300_000,
    handOff: 900_000,
    wait: 25_000,
    administrator: 5_000,
    revocation: 3_000,
    connect: 1_000,
    silence: 2_500,
  })
})
