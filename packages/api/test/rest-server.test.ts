import { create } from '@bufbuild/protobuf'
import { type FieldMask, timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, createRouterTransport } from '@connectrpc/connect'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  apiError,
  ClientService,
  clients,
  createTranscoder,
  OrganizationService,
  organizations,
  RolesService,
  refuseUndefined,
  services,
  UserService,
} from '../src/index.js'
import { type Listening, listen } from './support/listen.js'

let server: Listening
/** What the handlers were given, newest last. */
const seen: { message: unknown; header: Headers; mask?: FieldMask | undefined }[] = []
const last = () => seen.at(-1)

beforeAll(async () => {
  const transport = createRouterTransport(
    ({ service }) => {
      service(OrganizationService, {
        createOrganization({ organization }, { requestHeader, responseHeader }) {
          seen.push({ message: organization, header: requestHeader })
          responseHeader.set('x-request-id', 'r1')
          return {
            organization: {
              id: 'org_1',
              displayName: organization?.displayName ?? '',
              createTime: timestampFromMs(0),
            },
          }
        },
        getOrganization({ identities }, { requestHeader }) {
          seen.push({ message: identities, header: requestHeader })
          if (identities.value === 'boom') throw new Error('private: password=hunter2')
          throw apiError(Code.NotFound, 'No such organization', {
            fieldViolations: [{ field: 'id', description: 'unknown' }],
          })
        },
        listOrganization(message, { requestHeader }) {
          seen.push({ message, header: requestHeader })
          return { totalSize: 0 }
        },
        updateOrganization({ organization, updateMask }, { requestHeader }) {
          seen.push({ message: organization, header: requestHeader, mask: updateMask })
          return {}
        },
        updateOrganizationSettings({ id, settings }, { requestHeader }) {
          seen.push({ message: { id, settings }, header: requestHeader })
          return {}
        },
      })
      service(ClientService, {
        updateClient({ client, mask }, { requestHeader }) {
          seen.push({ message: client, header: requestHeader, mask })
          return { client: create(clients.ClientSchema, { id: 'skc_1', accessTokenExpiry: 3600n }) }
        },
      })
      service(UserService, {
        listOrganizationUsers(message, { requestHeader }) {
          seen.push({ message, header: requestHeader })
          return {}
        },
      })
      service(RolesService, {
        getRole({ roleName, include }, { requestHeader }) {
          seen.push({ message: { roleName, include }, header: requestHeader })
          return {}
        },
        getPermission({ permissionName }, { requestHeader }) {
          seen.push({ message: permissionName, header: requestHeader })
          return {}
        },
      })
    },
    { router: { interceptors: [refuseUndefined] } },
  )
  const transcode = createTranscoder({ services, transport })
  server = await listen((req, res) => transcode(req, res, () => res.writeHead(404).end('not the API')))
})
afterAll(() => server.close())

const call = (path: string, init?: RequestInit) => fetch(server.url + path, init)
const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(path, { method, body: typeof body === 'string' ? body : JSON.stringify(body), headers })

describe('the REST form of an answer', () => {
  it('is snake_case with its implicit fields, and 201 where that is documented', async () => {
    const response = await send('POST', '/api/v1/organizations', { display_name: 'Acme' })
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({
      organization: {
        id: 'org_1',
        create_time: '1970-01-01T00:00:00Z',
        display_name: 'Acme',
        region_code: 'REGION_CODE_UNSPECIFIED',
        metadata: {},
      },
    })
  })

  it('writes an empty list and an empty page token', async () => {
    const response = await call('/api/v1/organizations')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      next_page_token: '',
      total_size: 0,
      organizations: [],
      prev_page_token: '',
    })
  })

  it('writes int64 as text', async () => {
    const response = await send('PATCH', '/api/v1/clients/skc_1', {})
    expect(await response.json()).toMatchObject({ client: { access_token_expiry: '3600' } })
  })

  it('writes an error as code, message and details', async () => {
    const response = await call('/api/v1/organizations/org_404')
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({
      code: 5,
      message: 'No such organization',
      details: [
        {
          '@type': 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo',
          error_code: 'NOT_FOUND',
          validation_error_info: { field_violations: [{ field: 'id', description: 'unknown' }] },
        },
      ],
    })
  })

  it('tells nothing of a failure that is not an error of the API', async () => {
    const response = await call('/api/v1/organizations/boom')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('hunter2')
  })

  it('answers Unimplemented for a method without a handler', async () => {
    const response = await call('/api/v1/users')
    expect(response.status).toBe(501)
    expect(await response.json()).toMatchObject({ code: 12, details: [{ error_code: 'UNIMPLEMENTED' }] })
  })

  it('answers Unimplemented with the allowed verbs for another verb, and leaves other paths to the next handler', async () => {
    const response = await call('/api/v1/organizations', { method: 'PUT' })
    expect([response.status, response.headers.get('allow')]).toEqual([501, 'GET, POST'])
    expect(await response.json()).toMatchObject({ code: 12 })
    expect(await (await call('/api/v1/nothing')).text()).toBe('not the API')
  })

  it('passes headers both ways', async () => {
    const headers = { authorization: 'Bearer t', 'x-env-domain': 'localhost', 'x-api-version': '20260727' }
    const response = await send('POST', '/api/v1/organizations', { display_name: 'Acme' }, headers)
    expect(response.headers.get('x-request-id')).toBe('r1')
    expect(Object.fromEntries(last()?.header ?? [])).toMatchObject(headers)
  })
})

describe('the REST form of a request', () => {
  it('takes both spellings of a field', async () => {
    await send('POST', '/api/v1/organizations', { displayName: 'Acme', external_id: 'e1' })
    expect(last()?.message).toMatchObject({ displayName: 'Acme', externalId: 'e1' })
  })

  it.each<[string, string, unknown, string]>([
    ['POST', '/organizations', { display_name: 'Acme', nothing: { at: 'all' } }, 'organization.nothing'],
    ['POST', '/organizations', { organization: { display_name: 'Acme' } }, 'organization.organization'],
    ['PATCH', '/organizations/org_1', { settings: {} }, 'organization.settings'],
    ['POST', '/organizations', { display_name: 'Acme', region_code: 'eu' }, 'organization.region_code'],
    ['POST', '/organizations', { display_name: 'Acme', region_code: 99 }, 'organization.region_code'],
    ['GET', '/organizations?pagesize=7', undefined, 'pagesize'],
    ['GET', '/organizations?page_size.nothing=7', undefined, 'page_size.nothing'],
    ['PATCH', '/organizations/org_1/settings/usermanagement', { max_allowed_users: 1 }, 'max_allowed_users'],
  ])(
    'is refused where the API does not define a name or a value in it: %s %s %j',
    async (verb, path, body, field) => {
      const response = await call(`/api/v1${path}`, {
        method: verb,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        code: 3,
        message: expect.stringContaining(`${field}: `),
        details: [
          { error_code: 'INVALID_ARGUMENT', validation_error_info: { field_violations: [{ field }] } },
        ],
      })
    },
  )

  it('decodes the path, and prefers a literal and a verb over a variable', async () => {
    await call('/api/v1/permissions/user%3Aread')
    expect(last()?.message).toBe('user:read')
    await call('/api/v1/permissions/user:read')
    expect(last()?.message).toBe('user:read')
    await call('/api/v1/organizations/a%20b%2Fc')
    expect(last()?.message).toEqual({ case: 'id', value: 'a b/c' })
    expect((await call('/api/v1/organizations:search?query=abc')).status).toBe(501)
  })

  it('reads scalars and optional fields from the query, in both spellings', async () => {
    await call('/api/v1/organizations/org_1/users?page_size=7&pageToken=t')
    expect(last()?.message).toMatchObject({ organizationId: 'org_1', pageSize: 7, pageToken: 't' })
    await call('/api/v1/roles/admin?include=permissions')
    expect(last()?.message).toEqual({ roleName: 'admin', include: 'permissions' })
  })

  it('gives a PATCH the mask of the fields that its body names', async () => {
    await send('PATCH', '/api/v1/organizations/org_1', {
      displayName: 'B',
      external_id: null,
      metadata: { a: '1' },
    })
    expect(last()?.mask?.paths).toEqual(['display_name', 'external_id', 'metadata'])
    await send('PATCH', '/api/v1/clients/skc_1', { post_login_uris: [] })
    expect(last()?.mask?.paths).toEqual(['post_login_uris'])
  })

  it('keeps a mask that the query gives', async () => {
    await send('PATCH', '/api/v1/organizations/org_1?update_mask=display_name,external_id', {
      display_name: 'B',
    })
    expect(last()?.mask?.paths).toEqual(['display_name', 'external_id'])
  })

  it('is refused with code 3 when it is not JSON, not of its type or too large', async () => {
    for (const body of ['{"display_name":', '[]', '"text"', '{"display_name":{"a":1}}']) {
      const response = await send('POST', '/api/v1/organizations', body)
      expect(response.status, body).toBe(400)
      expect(await response.json(), body).toMatchObject({
        code: 3,
        details: [{ error_code: 'INVALID_ARGUMENT' }],
      })
    }
    const large = await send('POST', '/api/v1/organizations', { display_name: 'x'.repeat(1024 * 1024) })
    expect(large.status).toBe(400)
    expect(await large.json()).toMatchObject({ code: 3, message: 'The body is larger than 1 MB' })
  })

  it('does not repeat a value that it refuses', async () => {
    const response = await send('POST', '/api/v1/organizations', { display_name: ['hunter2'] })
    expect(await response.json()).toMatchObject({
      message: `The value of ${organizations.CreateOrganizationSchema.typeName}.display_name is not of its type`,
    })
  })

  it('cannot reach the prototype of an object', async () => {
    await call('/api/v1/organizations?__proto__.polluted=1&constructor.prototype.polluted=1')
    await send('POST', '/api/v1/organizations', '{"display_name":"a","metadata":{"__proto__":"x"}}')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})
