import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actions, connectedAccounts, tools, verification } from './every-sdk-method/agents.js'
import { events, machines, ownLogin, tokens, withoutPassword } from './every-sdk-method/credentials.js'
import { connections, directories, domains } from './every-sdk-method/enterprise.js'
import { organizations } from './every-sdk-method/organizations.js'
import { sessions, users } from './every-sdk-method/people.js'
import { recordSdk, type SdkRecorder, sdkMethods } from './every-sdk-method/recorder.js'
import { organizationRoles, roles } from './every-sdk-method/roles.js'
import { DEV, type Local, startLocal } from './local.js'

/** Private in the SDK's own types. */
const PRIVATE = ['domain.resolveDomainType', 'session.toSessionDetails', 'session.toUserSessionDetails']
/** Calls an HTTP proxy, and no RPC. */
const WITHOUT_RPC = ['actions.request']

let local: Local
let recorder: SdkRecorder
let served: string[]
beforeAll(async () => {
  local = await startLocal()
  await local.reset()
  recorder = await recordSdk(local)
  const headers = { 'x-scalekit-local': '1' }
  const coverage = await (await fetch(`${local.url}/__local/coverage`, { headers })).json()
  served = (coverage as { served: string[] }).served
})
afterAll(() => local.close())

const scenarios: [string, (recorder: SdkRecorder, local: Local) => Promise<void>][] = [
  ['organizations', organizations],
  ['users', users],
  ['sessions', sessions],
  ['roles and permissions', roles],
  ['roles of an organization', organizationRoles],
  ['connections', connections],
  ['domains', domains],
  ['directories', directories],
  ['API tokens', tokens],
  ['clients of machines', machines],
  ['codes by e-mail and passkeys', withoutPassword],
  ['a login page of the application', ownLogin],
  ['events', events],
  ['connected accounts', connectedAccounts],
  ['actions', actions],
  ['tools', tools],
  ['the verification of users', verification],
]

describe('the official SDK succeeds and fails as documented', () => {
  it.each(scenarios)('with %s', async (_name, scenario) => scenario(recorder, local))

  it('in every public method of its client classes', () => {
    const methods = sdkMethods(local.sdk(DEV)).filter((name) => ![...PRIVATE, ...WITHOUT_RPC].includes(name))
    expect(methods.length).toBeGreaterThan(120)
    const problems = methods.flatMap((name) => {
      const seen = recorder.seen.get(name)
      if (!seen || seen.rpcs.size === 0) return [`${name} was not called over the wire`]
      const rpcs = [...seen.rpcs]
      if (!rpcs.every((rpc) => served.includes(rpc))) return [`${name}: ${rpcs} is not served`]
      return [
        ...(seen.answered ? [] : [`${name} has no success`]),
        ...(seen.refusals.size > 0 ? [] : [`${name} has no failure`]),
      ]
    })
    expect(problems).toEqual([])
  })
})
