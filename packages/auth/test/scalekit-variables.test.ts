import { parseEnv } from 'node:util'
import { readScalekitVariables, Secret } from '@scalekit-mcp/auth'
import { describe, expect, test } from 'vitest'

const environmentUrl = 'https://acme.scalekit.com'
const resource = 'http://localhost:3002/'
const metadata = { resource, authorization_servers: [`${environmentUrl}/resources/res_1`] }
const variables = {
  SK_ENV_URL: environmentUrl,
  SK_CLIENT_ID: 'skc_1',
  SK_CLIENT_SECRET: 'secret',
  EXPECTED_AUDIENCE: resource,
  PROTECTED_RESOURCE_METADATA: JSON.stringify(metadata),
}
const withId = { SK_ENV_URL: environmentUrl, EXPECTED_AUDIENCE: resource, MCP_SERVER_ID: 'res_1' }

describe('the variables of a protected server', () => {
  test('are those of the documentation', () => {
    expect(readScalekitVariables(variables)).toEqual({
      problems: [],
      options: {
        resource,
        scalekit: { environmentUrl },
        issuers: [environmentUrl, `${environmentUrl}/resources/res_1`],
        metadata,
      },
    })
  })

  test.each(["'", '"'])('every value may still be in the quotes %s of an env file', (quote) => {
    const quoted = Object.entries({ ...variables, MCP_SERVER_ID: 'res_1' }).map(([name, value]) => [
      name,
      `${quote}${value}${quote}`,
    ])
    expect(readScalekitVariables(Object.fromEntries(quoted))).toEqual(
      readScalekitVariables({ ...variables, MCP_SERVER_ID: 'res_1' }),
    )
  })

  test('two names of the environment may differ by the slash at the end', () => {
    const both = { ...variables, SCALEKIT_ENV_URL: `${environmentUrl}/` }
    expect(readScalekitVariables(both)).toEqual(readScalekitVariables(variables))
  })

  test('metadata that a .env file has in double quotes is a sentence that says which quotes it needs', () => {
    const { PROTECTED_RESOURCE_METADATA } = parseEnv(
      `PROTECTED_RESOURCE_METADATA="${variables.PROTECTED_RESOURCE_METADATA}"`,
    )
    expect(readScalekitVariables({ ...variables, PROTECTED_RESOURCE_METADATA }).problems).toEqual([
      'PROTECTED_RESOURCE_METADATA is not a JSON object. Copy it in one line from the Scalekit dashboard, and put it in single quotes in .env and in a shell.',
    ])
  })

  test('the id of the server is enough without metadata', () => {
    expect(readScalekitVariables(withId).options).toEqual({
      resource,
      scalekit: { environmentUrl, resourceId: 'res_1' },
    })
  })

  test.each([
    ['SK_ENV_URL', 'SCALEKIT_ENVIRONMENT_URL'],
    ['SK_ENV_URL', 'SCALEKIT_ENV_URL'],
    ['MCP_SERVER_ID', 'SCALEKIT_MCP_SERVER_ID'],
  ] as const)('%s is also called %s', (name, alias) => {
    const { [name]: value, ...others } = withId
    const expected = readScalekitVariables(withId)
    expect(readScalekitVariables({ ...others, [alias]: value })).toEqual(expected)
    expect(readScalekitVariables({ ...withId, [alias]: value })).toEqual(expected)
    const { problems } = readScalekitVariables({ ...withId, [alias]: `${value}0` })
    expect(problems).toContain(`${name} and ${alias} have different values. Set one of them.`)
  })

  test('the first argument wins over the second, whichever name it uses', () => {
    const file = { ...withId, SK_ENV_URL: 'https://other.scalekit.com', MCP_SERVER_ID: 'res_2' }
    const environment = { SCALEKIT_ENV_URL: environmentUrl, SCALEKIT_MCP_SERVER_ID: 'res_1' }
    expect(readScalekitVariables(environment, file)).toEqual(readScalekitVariables(withId))
  })

  test('an empty variable is absent, and hides no value of the second argument', () => {
    const empty = { SK_ENV_URL: '', SCALEKIT_ENV_URL: ' ', EXPECTED_AUDIENCE: ' ', MCP_SERVER_ID: '' }
    expect(readScalekitVariables(empty, withId)).toEqual(readScalekitVariables(withId))
  })

  test('the id of the server must not contradict its metadata', () => {
    expect(readScalekitVariables({ ...variables, MCP_SERVER_ID: 'res_1' }).problems).toEqual([])
    expect(readScalekitVariables({ ...variables, SCALEKIT_MCP_SERVER_ID: 'res_2' }).problems).toEqual([
      'SCALEKIT_MCP_SERVER_ID is res_2, but PROTECTED_RESOURCE_METADATA lists the authorization server https://acme.scalekit.com/resources/res_1. Copy both from the same MCP server in the Scalekit dashboard, or set one of them.',
    ])
  })

  test('client id and secret are used for introspection, and only there', () => {
    const INTROSPECTION_URL = `${environmentUrl}/oauth/introspect`
    const { options } = readScalekitVariables({ ...variables, INTROSPECTION_URL })
    expect(options?.revocation).toEqual({
      introspectionUrl: INTROSPECTION_URL,
      clientId: 'skc_1',
      clientSecret: expect.any(Secret),
    })
    const aliased = {
      ...withId,
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'secret',
      INTROSPECTION_URL,
    }
    expect(readScalekitVariables(aliased).options?.revocation).toEqual(options?.revocation)
    expect(readScalekitVariables({ ...withId, INTROSPECTION_URL }).problems).toEqual([
      'INTROSPECTION_URL needs SK_CLIENT_ID and SK_CLIENT_SECRET. Set both.',
    ])
  })

  test('without any: a sentence for each, with the variable and what to set', () => {
    const { options, problems } = readScalekitVariables({ SK_ENV_URL: '' })
    expect(options).toBeUndefined()
    expect(problems).toEqual([
      'SK_ENV_URL is missing. Set SK_ENV_URL to the URL of your Scalekit environment, like https://acme.scalekit.com.',
      'EXPECTED_AUDIENCE is missing. Set EXPECTED_AUDIENCE to the server URL that is registered in Scalekit, like https://mcp.acme.com/mcp.',
      'PROTECTED_RESOURCE_METADATA is missing. Set it to the metadata JSON that the Scalekit dashboard shows for this MCP server, or set MCP_SERVER_ID to its id (res_…).',
    ])
  })

  test.each([
    [{ SK_ENV_URL: 'acme' }, 'SK_ENV_URL is not a URL. Set SK_ENV_URL to '],
    [{ SK_ENV_URL: 'http://acme.scalekit.com' }, 'SK_ENV_URL must be an https URL (http is for '],
    [{ SK_ENV_URL: 'https://me:pw@acme.scalekit.com' }, 'SK_ENV_URL must not hold a user name'],
    [{ EXPECTED_AUDIENCE: '/mcp' }, 'EXPECTED_AUDIENCE is not a URL. Set EXPECTED_AUDIENCE to '],
    [
      { EXPECTED_AUDIENCE: 'HTTP://LOCALHOST:3002/a/../?b' },
      'EXPECTED_AUDIENCE is not in its canonical form. Set EXPECTED_AUDIENCE to http://localhost:3002/.',
    ],
    [
      { EXPECTED_AUDIENCE: 'http://localhost:3002' },
      'PROTECTED_RESOURCE_METADATA has the resource "http://localhost:3002/" and EXPECTED_AUDIENCE is "http://localhost:3002". Set both ',
    ],
    [{ PROTECTED_RESOURCE_METADATA: '{"a":' }, 'PROTECTED_RESOURCE_METADATA is not a JSON object. Copy it '],
    [{ PROTECTED_RESOURCE_METADATA: '[]' }, 'PROTECTED_RESOURCE_METADATA is not a JSON object. Copy it '],
    [
      { PROTECTED_RESOURCE_METADATA: `{"resource":"${resource}","authorization_servers":["res_1"]}` },
      'PROTECTED_RESOURCE_METADATA lists no usable authorization_servers. Copy ',
    ],
    [{ SCALEKIT_MCP_SERVER_ID: 'nope' }, 'SCALEKIT_MCP_SERVER_ID is not the id of an MCP server. Set it to '],
    [{ INTROSPECTION_URL: 'nope' }, 'INTROSPECTION_URL is not a URL. Set it to '],
  ])('%j is one sentence', (wrong, sentence) => {
    const { problems } = readScalekitVariables({ ...variables, ...wrong })
    expect(problems).toEqual([expect.stringContaining(sentence)])
    expect(problems.join()).not.toMatch(/pw@|secret/)
  })
})
