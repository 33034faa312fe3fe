import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTool } from '../../../test/run-tool.js'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'
import rotateClientSecret from './rotate-client-secret.js'

const environmentId = 'env_100000000000000001'
const clientId = 'skc_100000000000000001'
const PRD = 'env_100000000000000002'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

async function productionSecrets() {
  const { client } = await server.read('clients/skc_100000000000000002', PRD)
  return (client as { secrets: { id: string }[] }).secrets
}

/** Whether a client gets a token with a secret. */
async function signsIn(client_secret: string): Promise<boolean> {
  const response = await fetch(`${server.local.url}/${environmentId}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret }),
  })
  return response.status === 200
}

describe('rotate_client_secret', () => {
  const rotate = (args: Record<string, unknown> = {}) =>
    runTool(server, rotateClientSecret, { environmentId, ...args })
  const secretIn = (lines: string) => /^SCALEKIT_CLIENT_SECRET=(.+)$/m.exec(lines)?.[1] ?? ''

  test('gives a person the lines of a .env file that work, and keeps the previous secret', async () => {
    const { output, revealed } = await rotate()
    expect(revealed.map(({ label }) => label)).toEqual(['.env'])
    const lines = revealed[0]?.value ?? ''
    expect(lines).toContain(`SCALEKIT_ENVIRONMENT_URL=${server.local.url}/${environmentId}\n`)
    expect(lines).toContain(`SCALEKIT_CLIENT_ID=${clientId}\n`)
    expect(await signsIn(secretIn(lines))).toBe(true)
    expect(await signsIn('test_local_secret')).toBe(true)
    expect(output).toMatchObject({
      environmentUrl: `${server.local.url}/${environmentId}`,
      clientId,
      secret: { suffix: secretIn(lines).slice(-4), status: 'ACTIVE' },
      previous: [{ status: 'ACTIVE' }],
    })
    expect(JSON.stringify(output)).not.toContain(secretIn(lines))
    expect(server.log.join('')).not.toContain(secretIn(lines))
  })

  test('disables the previous secrets where it is asked to', async () => {
    const first = secretIn((await rotate({ clientId })).revealed[0]?.value ?? '')
    const { output, revealed } = await rotate({ clientId, previous: 'disable' })
    const previous = output.previous as { status: string }[]
    expect(previous.length).toBeGreaterThan(1)
    expect(new Set(previous.map(({ status }) => status))).toEqual(new Set(['INACTIVE']))
    expect(await signsIn(first)).toBe(false)
    expect(await signsIn(secretIn(revealed[0]?.value ?? ''))).toBe(true)
  })
})

describe.each(eras)('rotate_client_secret over %s', (era) => {
  test('creates nothing where no person can get it', async () => {
    const before = await productionSecrets()
    const { error } = await server.call(era, 'rotate_client_secret', { environmentId: PRD })
    expect(error).toMatchObject({ code: 'person_needed' })
    expect(await productionSecrets()).toEqual(before)
  })
})
