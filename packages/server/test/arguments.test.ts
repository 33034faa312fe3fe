import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { validate } from '../src/call/validate.js'
import { describeTool } from '../src/mcp/catalog/describe-tool.js'
import { tools } from '../src/tools/index.js'
import { sampleArguments } from './sample-arguments.js'
import { eras, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const DEV = 'env_100000000000000001'
const ACME = 'org_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

/** Optional arguments to which null, or an empty text, means something. */
const meaningful = new Set<string>(['pageToken'])

describe('an optional argument that a strict function call leaves out', () => {
  // The id of a hand-off is random, and its only argument.
  const others = tools.filter(({ name }) => name !== 'wait_for_hand_off')

  test.each(others.map((tool) => ({ name: tool.name, tool })))('$name', ({ tool }) => {
    const { properties = {}, required = [] } = describeTool(tool, false).inputSchema
    const sample = sampleArguments(tool)
    const expected = validate(tool, sample, undefined)
    for (const name of Object.keys(properties)) {
      if (required.includes(name) || name in sample || meaningful.has(name)) continue
      for (const absent of [null, '']) {
        expect([name, absent, validate(tool, { ...sample, [name]: absent }, undefined)]).toEqual([
          name,
          absent,
          expected,
        ])
      }
    }
  })

  test('a required one is not left out', () => {
    const tool = tools.find(({ name }) => name === 'create_organization')
    const create = (name: unknown) => tool && validate(tool, { environmentId: DEV, name }, undefined)
    expect(() => create(null)).toThrow(/^name: /)
    expect(() => create('')).toThrow('name: Give a text that is not empty.')
    expect(() => create('x'.repeat(201))).toThrow('name: Give at most 200 characters.')
  })

  test('another name of an argument that has a value is one of them', () => {
    const validated = (name: string, args: Record<string, unknown>) => {
      const tool = tools.find((each) => each.name === name)
      return tool && validate(tool, args, undefined)
    }
    for (const absent of [null, '']) {
      expect(validated('list_organizations', { environmentId: DEV, environment: absent })).toMatchObject({
        environmentId: DEV,
      })
      expect(validated('list_organizations', { environmentId: absent, environment: DEV })).toMatchObject({
        environmentId: DEV,
      })
    }
    expect(() => validated('list_organizations', { environmentId: DEV, environment: 'Production' })).toThrow(
      /^Give environmentId or environment, not both/,
    )
  })

  test('in the items of a list it is one of them too', () => {
    const tool = tools.find(({ name }) => name === 'create_organizations')
    for (const externalId of [null, '']) {
      const organizations = [
        { name: 'One', externalId },
        { name: 'Two', externalId: 'two' },
      ]
      expect(tool && validate(tool, { environmentId: DEV, organizations }, undefined)).toMatchObject({
        organizations: [{ name: 'One' }, { name: 'Two', externalId: 'two' }],
      })
    }
  })

  test('on a bound connection the environment is one of them', async () => {
    for (const absent of [null, '']) {
      const query = `?environment=${DEV}`
      expect(
        (await server.call('2026-07-28', 'list_organizations', { environmentId: absent }, { query })).ok,
      ).toBe(true)
    }
  })
})

describe.each(eras)('names over %s', (era) => {
  test.each([
    ['Persian', 'می\u200cخواهم'],
    ['Devanagari', 'क्\u200dष'],
    ['an emoji family', '👨\u200d👩\u200d👧'],
    ['a soft hyphen', 'Donau\u00addampf'],
    ['a company', 'Bearer Logistics GmbH'],
  ])('with %s are accepted and returned as they are', async (_, name) => {
    const created = await server.call(era, 'create_organization', { environmentId: DEV, name })
    expect(created.result?.organization).toMatchObject({ displayName: name })
  })

  test.each([
    ['a bidirectional override', 'Acme\u202egpj'],
    ['tag characters', 'Acme\u{e0041}\u{e007f}'],
  ])('with %s are refused', async (_, name) => {
    const { error } = await server.call(era, 'update_organization', {
      environmentId: DEV,
      organizationId: ACME,
      name,
    })
    expect(error).toMatchObject({ code: 'invalid_arguments' })
  })

  test('an external id that only looks like a key is returned as it is', async () => {
    const externalId = `sk_${'abcdefgh'.repeat(3)}${era.replaceAll('-', '')}`
    const created = await server.call(era, 'create_organization', {
      environmentId: DEV,
      name: 'Keys',
      externalId,
    })
    expect(created.result?.organization).toMatchObject({ externalId })
  })
})
