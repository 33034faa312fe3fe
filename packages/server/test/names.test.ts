import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { changeState, type LocalState } from './local-state.js'
import {
  type Answer,
  allScopes,
  eras,
  idsOf,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from './server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'
const ACME = 'org_100000000000000001'
const GLOBEX = 'org_100000000000000002'

let server: ServerUnderTest
let seed: LocalState
beforeAll(async () => {
  server = await startServerUnderTest()
  seed = (await server.state()) as LocalState
})
afterAll(() => server.close())
beforeEach(() => changeState(server, (state) => Object.assign(state, structuredClone(seed))))

/** What an error says about the objects that may be meant. */
const candidatesOf = ({ error }: Answer) => (error as { candidates?: unknown } | undefined)?.candidates

const development = { id: DEV, name: 'Development' }
const production = { id: PRD, name: 'Production' }

// First: the local environment remembers a limited number of requests.
test('ids cost no look-up', async () => {
  const token = await server.token()
  const asked = async () => {
    const response = await fetch(`${server.local.url}/__local/requests`, {
      headers: { 'x-scalekit-local': '1' },
    })
    const { requests } = (await response.json()) as { requests: { path: string }[] }
    return requests.filter(({ path }) =>
      /environments$|organizations(:search)?$/.test(path.split('?')[0] ?? ''),
    ).length
  }
  const before = await asked()
  const byId = { environmentId: DEV, organizationId: ACME }
  await server.call('2026-07-28', 'get_organization_details', byId, { token })
  expect(await asked()).toBe(before)
  const byName = { environmentId: 'Development', organizationId: 'Acme Robotics' }
  await server.call('2026-07-28', 'get_organization_details', byName, { token })
  expect(await asked()).toBeGreaterThan(before)
})

describe.each(eras)('environments over %s', (era) => {
  const list = (args: Record<string, unknown>, options?: { token: string }) =>
    server.call(era, 'list_organizations', args, options)

  test.each([
    { environmentId: 'Production' },
    { environment: 'Production' },
    { environmentId: 'pRODUCTION' },
    { environment: PRD },
  ])('are found by name: %o', async (args) => {
    expect(idsOf(await list(args))).toContain('org_100000000000000011')
  })

  test('are compared as a person reads them', async () => {
    await changeState(server, ({ environments: [first] }) => {
      if (first) first.display_name = 'Développement \u{1F680}'
    })
    expect((await list({ environment: 'DE\u0301VELOPPEMENT  \u{1F680}' })).ok).toBe(true)
  })

  test('a bound connection accepts the name of its own environment, and no other', async () => {
    const query = `?environment=${DEV}`
    const organizations = (args: Record<string, unknown>, token?: string) =>
      server.call(era, 'list_organizations', args, token === undefined ? { query } : { query, token })
    for (const args of [{ environmentId: 'Development' }, { environment: ' development' }]) {
      expect(idsOf(await organizations(args))).toContain(ACME)
    }
    expect((await organizations({ environmentId: 'Production' })).error).toMatchObject({
      code: 'environment_not_available',
      message: `This connection is bound to ${DEV}, which has the name "Development".`,
    })
    expect((await organizations({ environmentId: PRD })).error).toMatchObject({
      code: 'environment_not_available',
      message: `This connection is bound to ${DEV}.`,
    })
    const token = await server.token({ scopes: ['organization:read'] })
    expect((await organizations({ environmentId: 'Production' }, token)).error).toMatchObject({
      code: 'environment_not_available',
      message: `This connection is bound to ${DEV}.`,
    })
  })

  test('an unknown name is refused with the names that exist', async () => {
    const answer = await list({ environmentId: 'Staging' })
    expect(answer.error).toMatchObject({
      code: 'not_found',
      message: 'environmentId: This account has no environment with the name "Staging".',
    })
    expect(candidatesOf(answer)).toEqual(expect.arrayContaining([development, production]))
  })

  test.each([
    'env_1/../x',
    'env_1%2fx',
    'env_\uff11',
    'usr_1',
    'ENV_1',
    'Main\n',
    "' OR 1=1 --",
    '{{7*7}}',
    'a\u202eb',
  ])('%j is neither an id nor a name, and nothing is looked up', async (environmentId) => {
    const before = await server.upstreamRequests()
    expect((await list({ environmentId })).error).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('environmentId: Give an id (env_…) or a name'),
    })
    expect(await server.upstreamRequests()).toBe(before)
  })

  test('a name of two environments is refused with both', async () => {
    await changeState(server, ({ environments }) => {
      for (const each of environments) each.display_name = 'Main'
    })
    const answer = await list({ environmentId: 'main' })
    expect(answer.error).toMatchObject({ code: 'invalid_arguments' })
    expect(candidatesOf(answer)).toEqual(
      expect.arrayContaining([
        { id: DEV, name: 'Main' },
        { id: PRD, name: 'Main' },
      ]),
    )
  })

  test('a name that looks like an id is an id', async () => {
    await changeState(server, ({ environments: [first] }) => {
      if (first) first.display_name = PRD
    })
    expect(idsOf(await list({ environmentId: PRD }))).toContain('org_100000000000000011')
    const unknown = await list({ environmentId: 'env_999' })
    expect(unknown.error).toMatchObject({ code: 'not_found', message: expect.stringContaining('env_999') })
  })

  test('may be left out where there is one', async () => {
    const ambiguous = await list({})
    expect(ambiguous.error).toMatchObject({ code: 'invalid_arguments' })
    expect(candidatesOf(ambiguous)).toEqual(expect.arrayContaining([development, production]))
    await changeState(server, (state) => {
      state.environments = state.environments.slice(0, 1)
    })
    expect(idsOf(await list({}))).toContain(ACME)
    expect(idsOf(await list({ environmentId: null }))).toContain(ACME)
    expect(idsOf(await list({ environmentId: '' }))).toContain(ACME)
  })

  test('their names are for callers who may read environments', async () => {
    const scopes = allScopes.filter((scope) => scope !== 'environment:read')
    const answer = await list({ environmentId: 'Staging' }, { token: await server.token({ scopes }) })
    expect(answer.error).toMatchObject({ code: 'not_found' })
    expect(candidatesOf(answer)).toBeUndefined()
  })

  test('one is given by one name only', async () => {
    const { error } = await list({ environmentId: DEV, environment: DEV })
    expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining('not both') })
  })
})

describe.each(eras)('organizations over %s', (era) => {
  const get = (organizationId: string, options?: { token: string }) =>
    server.call(era, 'get_organization_details', { environment: 'Development', organizationId }, options)
  const foundBy = async (organizationId: string) =>
    ((await get(organizationId)).result?.organization as { id: string } | undefined)?.id

  test('are found by id, name and external id', async () => {
    for (const given of [ACME, 'Acme Robotics', 'acme robotics', 'acme']) {
      expect(await foundBy(given), given).toBe(ACME)
    }
    const byShortName = { environment: DEV, organization: 'Globex' }
    expect(
      (await server.call(era, 'get_organization_details', byShortName)).result?.organization,
    ).toMatchObject({ id: GLOBEX })
  })

  test('a name of two characters is found too', async () => {
    await server.call(era, 'create_organization', { environmentId: DEV, name: 'Qx' })
    expect(await foundBy('qX')).toMatch(/^org_/)
  })

  test.each(['zz', 'ZZZ', '北'])('%j, which is in no name, is refused without candidates', async (given) => {
    const answer = await get(given)
    expect(answer.error).toMatchObject({ code: 'not_found' })
    expect(candidatesOf(answer)).toBeUndefined()
  })

  test('a blank name is refused as such', async () => {
    expect((await get('  ')).error).toMatchObject({
      code: 'invalid_arguments',
      message: 'organizationId: Give an id, a name or an external id.',
    })
  })

  test('a part of a name is refused with the organizations that have it', async () => {
    const answer = await get('Robotics')
    expect(answer.error).toMatchObject({
      code: 'not_found',
      message: `organizationId: ${DEV} has no organization with the name or external id "Robotics".`,
    })
    expect(candidatesOf(answer)).toEqual([{ id: ACME, name: 'Acme Robotics' }])
  })

  test('a space at either end of a name does not matter', async () => {
    expect(await foundBy('Acme Robotics ')).toBe(ACME)
    expect(await foundBy(' acme')).toBe(ACME)
  })

  test.each(['NFC', 'NFD'] as const)('a name that is stored in %s is found in both forms', async (form) => {
    await changeState(server, ({ environments: [first] }) => {
      const globex = first?.organizations.find(({ id }) => id === GLOBEX)
      if (globex) globex.display_name = 'Cafe\u0301 Nord'.normalize(form)
    })
    expect(await foundBy('Caf\u00e9 Nord')).toBe(GLOBEX)
    expect(await foundBy('Cafe\u0301 Nord')).toBe(GLOBEX)
    expect(candidatesOf(await get('Caf\u00e9'))).toEqual([{ id: GLOBEX, name: 'Caf\u00e9 Nord' }])
  })

  test('a name that nothing resembles is refused with the tool that lists names', async () => {
    expect((await get('Nobody')).error).toMatchObject({
      code: 'not_found',
      nextStep: expect.stringContaining('list_organizations'),
    })
  })

  test('a name of one that is the external id of another is refused with both', async () => {
    await changeState(server, ({ environments: [first] }) => {
      const globex = first?.organizations.find(({ id }) => id === GLOBEX)
      if (globex) globex.external_id = 'Acme Robotics'
    })
    const answer = await get('Acme Robotics')
    expect(answer.error).toMatchObject({ code: 'invalid_arguments' })
    expect(candidatesOf(answer)).toEqual(
      expect.arrayContaining([
        { id: ACME, name: 'Acme Robotics' },
        { id: GLOBEX, name: 'Globex' },
      ]),
    )
  })

  test('a name that is the external id of another in another case is refused with both', async () => {
    await changeState(server, ({ environments: [first] }) => {
      const globex = first?.organizations.find(({ id }) => id === GLOBEX)
      if (globex) globex.external_id = 'ACME ROBOTICS'
    })
    const answer = await get('acme robotics')
    expect(answer.error).toMatchObject({ code: 'invalid_arguments' })
    expect(candidatesOf(answer)).toHaveLength(2)
    expect(await foundBy(GLOBEX)).toBe(GLOBEX)
  })

  test('an external id is found in another case', async () => {
    expect(await foundBy('ACME')).toBe(ACME)
  })

  test('their names are for callers who may read organizations', async () => {
    const token = await server.token({ scopes: ['organization:write'] })
    const args = { environmentId: DEV, organizationId: 'Robotics', name: 'X' }
    const answer = await server.call(era, 'update_organization', args, { token })
    expect(answer.error).toMatchObject({ code: 'not_found' })
    expect(candidatesOf(answer)).toBeUndefined()
  })

  test('a delete by name is confirmed with the id', async () => {
    const questions: string[] = []
    const person = (message: string) => {
      questions.push(message)
      return typesTheName(message)
    }
    const args = { environmentId: 'Production', organizationId: 'fabrikam' }
    const { result } = await server.call(era, 'delete_organization', args, { person })
    expect(result).toMatchObject({ deleted: true })
    expect(questions).toEqual([expect.stringMatching(/env_1.*2.*the name of org_\d+: Fabrikam$/s)])
  })

  test('in a list of organizations each may be a name', async () => {
    for (const name of ['One of two', 'Two of two']) {
      await server.call(era, 'create_organization', { environmentId: DEV, name })
    }
    const args = { environment: 'Development', organizationIds: ['one of two', 'Two of two'] }
    const { result } = await server.call(era, 'delete_organizations', args)
    expect(result).toMatchObject({ deleted: 2 })
    const unknown = { environment: 'Development', organizationIds: [ACME, 'nobody knows'] }
    expect((await server.call(era, 'delete_organizations', unknown)).error).toMatchObject({
      code: 'not_found',
      message: `organizationIds.1: ${DEV} has no organization with the name or external id "nobody knows".`,
      nextStep: expect.stringContaining('list_organizations'),
    })
    expect(await foundBy(ACME)).toBe(ACME)
  })

  test('a name of several in a list is refused by its place', async () => {
    await changeState(server, ({ environments: [first] }) => {
      for (const each of first?.organizations ?? []) if (each.id !== ACME) each.display_name = 'Twins'
    })
    const args = { environmentId: DEV, organizationIds: ['acme', 'Twins'] }
    expect((await server.call(era, 'delete_organizations', args)).error).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringMatching(/^organizationIds\.1: \d+ organizations in \S+ match "Twins"\.$/),
    })
  })

  test('in a list of objects the organization may be a name', async () => {
    const invitations = [{ organizationId: 'Umbrella Health', userId: 'usr_100000000000000105' }]
    const { result } = await server.call(era, 'resend_invitation', { environmentId: DEV, invitations })
    expect(result).toMatchObject({ sent: 1, items: [{ organizationId: 'org_100000000000000004' }] })
    const short = [{ organization: 'Umbrella Health', userId: 'usr_100000000000000105' }]
    expect(
      (await server.call(era, 'resend_invitation', { environment: DEV, invitations: short })).result,
    ).toMatchObject({ sent: 1, items: [{ organizationId: 'org_100000000000000004' }] })
    invitations.push({ organizationId: 'Nobody', userId: 'usr_100000000000000105' })
    expect(
      (await server.call(era, 'resend_invitation', { environmentId: DEV, invitations })).error,
    ).toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/^invitations\.1\.organizationId: /),
    })
  })

  test('the pages of a list go on by the id or the name', async () => {
    const first = await server.call(era, 'list_organization_users', {
      environmentId: 'Development',
      organizationId: 'Acme Robotics',
      pageSize: 1,
    })
    const second = await server.call(era, 'list_organization_users', {
      environmentId: DEV,
      organizationId: ACME,
      pageSize: 1,
      pageToken: first.result?.nextPageToken,
    })
    expect(second.result?.items).toHaveLength(1)
  })
})
