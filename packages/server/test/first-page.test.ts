import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTool } from '../src/mcp/catalog/describe-tool.js'
import { tools } from '../src/tools/index.js'
import { type Posted, postCall, toolErrorOf } from './post-message.js'
import { sampleArguments } from './sample-arguments.js'
import { eras, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
let token: string
beforeAll(async () => {
  server = await startServerUnderTest({ REQUESTS_PER_MINUTE: '100000' })
  token = await server.token()
})
afterAll(() => server.close())

const lists = tools.filter(({ input }) => 'pageToken' in input.shape)

test('every list has pages', () => {
  expect(lists.map(({ name }) => name)).toContain('list_organizations')
  expect(lists.length).toBeGreaterThan(12)
})

test('pageToken is text in every schema, although 1 is accepted as a number', () => {
  const types = lists.map((tool) => {
    const { properties } = describeTool(tool, false).inputSchema
    return properties?.pageToken
  })
  expect(new Set(types.map((type) => JSON.stringify(type))).size).toBe(1)
  expect(types[0]).toMatchObject({ type: 'string' })
})

test.each(lists.map((tool) => ({ name: tool.name, tool })))('$name', async ({ name, tool }) => {
  for (const era of eras) {
    const list = (args: Record<string, unknown>) =>
      postCall(`${server.url}?toolsets=all`, token, name, { ...sampleArguments(tool), ...args }, { era })
    // A busy machine may need more than one attempt until keys and connections are there.
    let first: Posted | undefined
    await expect
      .poll(async () => {
        first = await list({})
        return first.message.result?.isError ?? first.status
      })
      .toBe(200)
    for (const page of [
      { pageToken: '1' },
      { pageToken: '' },
      { pageToken: 1 },
      { pageToken: null, ...('pageSize' in tool.input.shape ? { pageSize: null } : {}) },
    ]) {
      expect([page, (await list(page)).message]).toEqual([page, first?.message])
    }
    for (const pageToken of ['2', '0', '01', '1.20', 'x', 2, -1]) {
      expect([pageToken, toolErrorOf(await list({ pageToken }))]).toEqual([
        pageToken,
        {
          code: 'invalid_arguments',
          message: 'pageToken: not from this list, or too old.',
          nextStep: 'Begin again without pageToken.',
        },
      ])
    }
  }
})
