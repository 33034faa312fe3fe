import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit, type Seed } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
afterAll(() => local.close())

async function state(accept: string): Promise<string> {
  const headers = { 'x-scalekit-local': '1', accept }
  return (await fetch(`${local.url}/__local/state`, { headers })).text()
}

async function put(type: string, body: string): Promise<string> {
  const headers = { 'x-scalekit-local': '1', 'content-type': type }
  const response = await fetch(`${local.url}/__local/state`, { method: 'PUT', headers, body })
  return response.status === 200 ? 'imported' : response.text()
}

/** What YAML could take for something else, beside any text. */
const text = fc.oneof(
  fc.constantFrom(
    'yes',
    'null',
    '1e3',
    '0x10',
    '2026-01-01',
    '- a',
    '# no',
    'a: b',
    '"',
    "'",
    '|',
    ' x ',
    'a\nb',
  ),
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter((one) => !one.includes('\0')),
)
const digits = (from: number, index: number) => String(from + index)

const seeds = fc
  .record({
    organizations: fc.array(fc.record({ name: text, data: fc.dictionary(text, text) }), { maxLength: 4 }),
    users: fc.array(fc.record({ name: text, joins: fc.boolean() }), { maxLength: 4 }),
    roles: fc.array(text, { maxLength: 3 }),
    scopes: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,10}:[a-z]{1,10}$/), { maxLength: 4 }),
  })
  .map(
    ({ organizations, users, roles, scopes }): Seed => ({
      version: 1,
      workspace: { members: [{ id: 'usr_1', email: 'a@example.com', role: 'ADMIN' }] },
      environments: [
        {
          id: 'env_7',
          display_name: 'Seventh',
          type: 'DEV',
          clients: [{ id: 'skc_7', secrets: [{ value: 'a secret of the seed' }] }],
          scopes: scopes.map((name, index) => ({ id: `scp_${digits(1, index)}`, name })),
          roles: roles.map((display_name, index) => ({
            id: `role_${digits(1, index)}`,
            name: `role-${index}`,
            display_name,
          })),
          organizations: organizations.map(({ name, data }, index) => ({
            id: `org_${digits(1, index)}`,
            display_name: name,
            data: { metadata: data },
          })),
          users: users.map(({ name, joins }, index) => ({
            id: `usr_${digits(100, index)}`,
            email: `user-${index}@example.com`,
            data: { user_profile: { name } },
            memberships:
              joins && organizations.length > 0 ? [{ organization: 'org_1', roles: ['admin'] }] : [],
          })),
        },
      ],
    }),
  )

it('whatever a state holds, its export as YAML or JSON brings the same state back', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      expect(await put('application/json', JSON.stringify(seed))).toBe('imported')
      const json = await state('application/json')
      const yaml = await state('application/yaml')
      expect(JSON.parse(json).environments[0].organizations).toHaveLength(
        seed.environments?.[0]?.organizations?.length ?? -1,
      )
      expect(await put('application/yaml', yaml)).toBe('imported')
      expect(await state('application/json')).toBe(json)
      expect(await put('application/json', json)).toBe('imported')
      expect(await state('application/json')).toBe(json)
    }),
    { numRuns: 60 },
  )
})
