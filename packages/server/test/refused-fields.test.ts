import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe('what Scalekit refuses by the names of its own fields is listed by those of the arguments', () => {
  const refuse = (code: number, field: string, path: string) =>
    fetch(`${server.local.url}/__local/faults`, {
      method: 'POST',
      headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
      body: JSON.stringify({
        match: { path },
        status: 400,
        body: JSON.stringify({
          code,
          message: 'refused',
          details: [
            {
              '@type': 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo',
              error_code: 'REFUSED',
              validation_error_info: { field_violations: [{ field, constraint: 'x', description: 'x' }] },
            },
          ],
        }),
      }),
    })

  test('in the items of a list', async () => {
    await refuse(3, 'organization.display_name', 'CreateOrganization')
    const args = { environmentId, organizations: [{ name: 'One' }] }
    const { result } = await server.call('2026-07-28', 'create_organizations', args)
    expect(result?.items).toMatchObject([
      {
        error: {
          code: 'invalid_arguments',
          message: 'Scalekit refused the arguments: name (REFUSED)',
        },
      },
    ])
  })

  test('where the state of an object is the reason', async () => {
    await refuse(9, 'organization.external_id', 'UpdateOrganization')
    const args = { environmentId, organizationId, name: 'Acme Robotics', externalId: 'acme-2' }
    const { error } = await server.call('2026-07-28', 'update_organization', args)
    expect(error).toMatchObject({
      code: 'precondition_failed',
      message: 'Scalekit refused because of the present state of the object: externalId (REFUSED)',
    })
  })

  test('where an argument has another name', async () => {
    await refuse(9, 'idle_session_timeout', 'UpdateOrganizationSessionPolicy')
    const args = { environmentId, organizationId, absoluteMinutes: 600, idleMinutes: 60 }
    const { error } = await server.call('2026-07-28', 'update_session_policy', args)
    expect(error?.message).toContain(': idleMinutes')
  })
})
