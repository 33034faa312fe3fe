import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postMessage } from './post-message.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

const clientInfo = { name: 'test', version: '1' }

describe.each(['2025-11-25', '2026-07-28'] as const)('the instructions of a connection over %s', (era) => {
  const instructionsAt = async (query: string) => {
    const [method, params] =
      era === '2025-11-25'
        ? ['initialize', { protocolVersion: era, capabilities: {}, clientInfo }]
        : ['server/discover', {}]
    const posted = await postMessage(server.url + query, await server.token(), method, params, { era })
    return String(posted.message.result?.instructions)
  }

  test('name its toolsets, and the URL of a connection that has the others too', async () => {
    const instructions = await instructionsAt('')
    expect(instructions).toMatch(/Toolsets of this connection: workspace, .*, clients\./)
    expect(instructions).toContain(` ${server.url}?toolsets=default,permissions,sessions,audit `)
    expect(instructions).not.toContain('only reads')
  })

  test('follow the URL of the connection', async () => {
    const all = await instructionsAt('?toolsets=all&readonly=true')
    expect(all).toContain('only reads')
    expect(all).not.toContain('http')
    expect(await instructionsAt('?toolsets=users')).toContain('Toolsets of this connection: users.')
  })

  test('say that a person confirms, and gets links and secrets', async () => {
    expect(await instructionsAt('')).toMatch(/a person confirms.*Links and secrets go to a person/)
  })
})
