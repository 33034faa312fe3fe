import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agents } from './documented/agents.js'
import { credentials } from './documented/credentials.js'
import { connections, directories } from './documented/enterprise.js'
import { DOCUMENTED } from './documented/operations.js'
import { organizations } from './documented/organizations.js'
import { sessions, users } from './documented/people.js'
import { openRestApi, type RestApi } from './documented/rest-api.js'
import { organizationRoles, roles } from './documented/roles.js'
import { met } from './documented/shape.js'
import { type Local, startLocal } from './local.js'

let local: Local
let api: RestApi
let served: string[]
beforeAll(async () => {
  local = await startLocal()
  await local.reset()
  api = await openRestApi(local)
  const headers = { 'x-scalekit-local': '1' }
  const coverage = await (await fetch(`${local.url}/__local/coverage`, { headers })).json()
  served = (coverage as { served: string[] }).served.map((name) => name.split('.').slice(-2).join('.'))
})
afterAll(() => local.close())

const scenarios: [string, (api: RestApi, local: Local) => Promise<void>][] = [
  ['organizations', organizations],
  ['users', users],
  ['sessions', sessions],
  ['roles and permissions', roles],
  ['roles of an organization', organizationRoles],
  ['connections and domains', connections],
  ['directories', directories],
  ['credentials', credentials],
  ['agents', agents],
]

describe('over REST, the documented operations answer as documented', () => {
  it.each(scenarios)('for %s', async (_name, scenario) => scenario(api, local))

  const operations = Object.keys(DOCUMENTED)

  it('each of them, in a success and a failure', () => {
    expect(operations).toHaveLength(102)
    const documentedAndServed = operations.filter((name) => served.includes(name))
    expect(documentedAndServed.length).toBeGreaterThanOrEqual(97)
    expect(documentedAndServed.filter((name) => !api.seen.ok.has(name))).toEqual([])
    expect(operations.filter((name) => !api.seen.failed.has(name))).toEqual([])
  })

  it('with 64-bit integers, enums, times and default values among them', () => {
    for (const [kind, times] of Object.entries(met)) expect(times, kind).toBeGreaterThan(5)
  })
})
