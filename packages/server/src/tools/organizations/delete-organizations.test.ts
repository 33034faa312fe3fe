import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  itemsOf,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('delete_organizations over %s', (era) => {
  const create = async (environmentId: string, names: readonly string[]) => {
    const organizations = names.map((name) => ({ name }))
    const created = await server.call(era, 'create_organizations', { environmentId, organizations })
    return itemsOf(created).map(({ organization }) => (organization as { id: string }).id)
  }
  const left = async (environmentId: string, ids: readonly string[]) => {
    const { organizations } = await server.sdk(environmentId).organization.listOrganization({ pageSize: 100 })
    return organizations.filter(({ id }) => ids.includes(id)).map(({ id }) => id)
  }

  test('in PRD asks a person once, who sees every name', async () => {
    const ids = await create(PRD, [`Tenant A ${era}`, `Tenant B ${era}`])
    const args = { environmentId: PRD, organizationIds: ids }
    const refused = await server.call(era, 'delete_organizations', args)
    expect(refused.error).toMatchObject({ code: 'person_needed' })
    expect(await left(PRD, ids)).toHaveLength(2)
    const questions: string[] = []
    const { result } = await server.call(era, 'delete_organizations', args, {
      person(message) {
        questions.push(message)
        return typesTheName(message)
      },
    })
    expect(questions).toEqual([
      [
        `Delete organizations in Production (PRD, ${PRD}). This cannot be undone.`,
        `Organizations: Tenant A ${era} (${ids[0]}, 0 users), Tenant B ${era} (${ids[1]}, 0 users)`,
        'To confirm, type the name: 2 organizations',
      ].join('\n'),
    ])
    expect(result).toMatchObject({
      deleted: 2,
      items: ids.map((organizationId) => ({ organizationId, users: 0 })),
    })
    expect(await left(PRD, ids)).toEqual([])
  })

  test('deletes nothing where one of them cannot be read: the question would not name it', async () => {
    const ids = await create(PRD, [`Seen ${era}`, `Unseen ${era}`])
    const fault = (method: string, body?: object) =>
      fetch(`${server.local.url}/__local/faults`, {
        method,
        headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    const path = `/api/v1/organizations/${ids[1]}/users`
    expect((await fault('POST', { match: { path }, status: 503, times: 0 })).ok).toBe(true)
    const args = { environmentId: PRD, organizationIds: ids }
    const { error } = await server.call(era, 'delete_organizations', args, { person: typesTheName })
    await fault('DELETE')
    expect(error).toMatchObject({ code: 'upstream_unavailable' })
    expect(await left(PRD, ids)).toHaveLength(2)
  })

  test('says of each item why it failed, and deletes the others', async () => {
    const [id = ''] = await create(DEV, ['Doomed'])
    const { result } = await server.call(era, 'delete_organizations', {
      environmentId: DEV,
      organizationIds: ['org_999', id],
    })
    expect(result).toMatchObject({
      deleted: 1,
      items: [
        {
          organizationId: 'org_999',
          error: { code: 'not_found', nextStep: 'Check the id with list_organizations.' },
        },
        { organizationId: id, name: 'Doomed', users: 0 },
      ],
    })
    expect(await left(DEV, [id])).toEqual([])
  })

  test('deletes nothing of another environment', async () => {
    const [id = ''] = await create(PRD, [`Elsewhere ${era}`])
    const args = { environmentId: DEV, organizationIds: [id] }
    const { error } = await server.call(era, 'delete_organizations', args)
    expect(error).toMatchObject({ code: 'not_found' })
    expect(await left(PRD, [id])).toEqual([id])
  })

  test('says that there is no such organization before it asks anybody', async () => {
    const args = { environmentId: PRD, organizationIds: ['org_999'] }
    const { error } = await server.call(era, 'delete_organizations', args, {
      person: () => {
        throw new Error('nobody should be asked')
      },
    })
    expect(error).toMatchObject({ code: 'not_found', nextStep: 'Check the id with list_organizations.' })
  })

  test.each([[[]], [['org_1', 'org_1']], [Array.from({ length: 21 }, (_, index) => `org_${index}`)]])(
    'refuses %j',
    async (organizationIds) => {
      const { error } = await server.call(era, 'delete_organizations', {
        environmentId: DEV,
        organizationIds,
      })
      expect(error).toMatchObject({ code: 'invalid_arguments' })
    },
  )
})
