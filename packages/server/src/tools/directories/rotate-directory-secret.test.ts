import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTool } from '../../../test/run-tool.js'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'
import createDirectory from './create-directory.js'
import rotateDirectorySecret from './rotate-directory-secret.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const query = '?toolsets=directories'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

async function newDirectory() {
  const { output, revealed } = await runTool(server, createDirectory, { environmentId, organizationId })
  const [endpoint = '', token = ''] = revealed.map(({ value }) => value)
  return { directoryId: (output.directory as { id: string }).id, endpoint, token }
}

describe('rotate_directory_secret', () => {
  const opens = async (endpoint: string, token: string) =>
    (await fetch(`${endpoint}/Users`, { headers: { authorization: `Bearer ${token}` } })).status === 200

  test.each(['keep', 'remove'] as const)('gives a person a new token; previous: %s', async (previous) => {
    const { directoryId, endpoint, token } = await newDirectory()
    const args = { environmentId, organizationId, directoryId, previous }
    const { output, revealed } = await runTool(server, rotateDirectorySecret, args)
    const [sameEndpoint, newToken = ''] = revealed.map(({ value }) => value)
    expect(sameEndpoint).toBe(endpoint)
    expect(await opens(endpoint, newToken)).toBe(true)
    expect(await opens(endpoint, token)).toBe(previous === 'keep')
    expect((output.directory as { secrets: unknown[] }).secrets).toHaveLength(previous === 'keep' ? 2 : 1)
    for (const text of [JSON.stringify(output), server.log.join('')]) expect(text).not.toContain(newToken)
  })
})

describe.each(eras)('rotate_directory_secret over %s', (era) => {
  test('changes nothing where no person can get the token', async () => {
    const { directoryId } = await newDirectory()
    const args = { environmentId, organizationId, directoryId, previous: 'remove' }
    const { error } = await server.call(era, 'rotate_directory_secret', args, { query })
    expect(error).toMatchObject({ code: 'person_needed' })
    const { directory } = await server.sdk(environmentId).directory.getDirectory(organizationId, directoryId)
    expect(directory?.secrets).toHaveLength(1)
  })
})
