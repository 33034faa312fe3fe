import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, cookie, type SignedIn, startApplication } from './application.js'
import { ACME, CLIENT, type Environment, startEnvironment } from './environment.js'
import { launchChromium, Visitor } from './visitor.js'

const BEN = 'usr_100000000000000102'

let environment: Environment
let app: Application
let browser: Browser
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  needsPermission('/reports', 'reports:read')
  needsPermission('/publish', 'reports:publish')
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await environment?.stop()
})

/** A page of the application for users whose token has the permission; others get 403. */
function needsPermission(path: string, permission: string): void {
  app.routes.get(path, async (request, response) => {
    const { permissions = [] } = await environment.sdk.validateToken<{ permissions?: string[] }>(
      cookie(request, 'access') ?? '',
      { issuer: environment.url, audience: [CLIENT.id] },
    )
    const allowed = permissions.includes(permission)
    response.status(allowed ? 200 : 403).send(`<h1>${allowed ? 'Welcome' : 'Forbidden'}</h1>`)
  })
}

/** Which of the two pages open for somebody who is signed in. */
async function pagesFor(visitor: Visitor): Promise<Record<string, string>> {
  const shown: Record<string, string> = {}
  for (const path of ['/reports', '/publish']) {
    await visitor.goto(app.origin + path)
    shown[path] = await visitor.heading()
  }
  const forbidden = Object.keys(shown).filter((path) => shown[path] === 'Forbidden')
  const refusals = visitor.expectedProblems().filter((problem) => problem.startsWith('403'))
  expect(refusals).toEqual(forbidden.map((path) => `403 ${app.origin}${path}`))
  return shown
}

const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).sort()

describe('J15: roles and permissions', () => {
  it('defines a role that extends another, with its own and the inherited permissions', async () => {
    const { role, permission } = environment.sdk
    for (const name of ['reports:read', 'reports:publish'])
      await permission.createPermission({ name, description: name } as never)
    await role.createRole({
      ...{ name: 'reader', displayName: 'Reader', description: 'Reads', permissions: ['reports:read'] },
    } as never)
    await role.createRole({
      ...{ name: 'editor', displayName: 'Editor', description: 'Publishes', extends: 'reader' },
      permissions: ['reports:publish'],
    } as never)
    expect(names((await permission.listRolePermissions('editor')).permissions)).toEqual(['reports:publish'])
    expect(names((await permission.listEffectiveRolePermissions('editor')).permissions)).toEqual([
      'reports:publish',
      'reports:read',
    ])
    expect(names((await role.listDependentRoles('reader')).roles)).toEqual(['editor'])
  })

  it('assigns it: the token has what the API lists, and the application opens its pages by permission', async () => {
    const { user } = environment.sdk
    await user.updateMembership(ACME, BEN, { roles: ['editor'] })
    const ben = await Visitor.open(browser)
    await ben.goto(`${app.origin}/login`)
    await ben.press(/ben@acme\.example/)
    const { claims } = await ben.arrives<SignedIn>('Signed in')
    expect(claims).toMatchObject({ roles: ['editor'], permissions: ['reports:publish', 'reports:read'] })
    expect(names((await user.listUserRoles(ACME, BEN)).roles)).toEqual(claims.roles)
    expect(names((await user.listUserPermissions(ACME, BEN)).permissions)).toEqual(claims.permissions)
    expect(await pagesFor(ben)).toEqual({ '/reports': 'Welcome', '/publish': 'Welcome' })

    await user.updateMembership(ACME, BEN, { roles: ['reader'] })
    await ben.goto(`${app.origin}/auth/refresh`)
    expect((await ben.arrives<SignedIn>('Signed in')).claims).toMatchObject({ permissions: ['reports:read'] })
    expect(await pagesFor(ben)).toEqual({ '/reports': 'Welcome', '/publish': 'Forbidden' })
    await ben.leave()
  })

  it('gives members of several roles the permissions of all', async () => {
    const { user } = environment.sdk
    await user.assignUserRoles(ACME, BEN, ['guest'])
    const ben = await Visitor.open(browser)
    await ben.goto(`${app.origin}/login`)
    await ben.press(/ben@acme\.example/)
    const { claims } = await ben.arrives<SignedIn>('Signed in')
    expect([...(claims.roles as string[])].sort()).toEqual(['guest', 'reader'])
    expect(claims.permissions).toEqual(['projects:read', 'reports:read'])
    await user.removeUserRole(ACME, BEN, 'guest')
    await ben.leave()
  })

  it('gives joiners the default role of the organization, else that of the environment', async () => {
    const { role, user, organization } = environment.sdk
    await role.updateDefaultRoles({ defaultMemberRole: 'reader' })
    await role.createOrganizationRole(ACME, {
      ...{ name: 'acme_analyst', displayName: 'Analyst', description: 'Only here', extends: 'editor' },
      permissions: ['billing:manage'],
    } as never)
    await role.updateDefaultOrganizationRoles(ACME, 'acme_analyst')
    const { organization: other } = await organization.createOrganization('Hooli')
    // Whoever is first in an organization created it.
    await user.createUserAndMembership(other?.id ?? '', {
      ...{ email: 'founder@hooli.example', sendInvitationEmail: false },
    })
    const joiners = [
      [ACME, 'amy@acme.example', 'acme_analyst', ['billing:manage', 'reports:publish', 'reports:read']],
      [other?.id ?? '', 'hal@hooli.example', 'reader', ['reports:read']],
    ] as const
    for (const [id, email, expected, permissions] of joiners) {
      await user.createUserAndMembership(id, { email, sendInvitationEmail: false })
      const joiner = await Visitor.open(browser)
      await joiner.goto(`${app.origin}/login`)
      await joiner.press(email)
      const { claims } = await joiner.arrives<SignedIn>('Signed in')
      expect(claims).toMatchObject({ oid: id, roles: [expected], permissions })
      await joiner.leave()
    }
    expect(names((await role.listOrganizationRoles(ACME)).roles)).toContain('acme_analyst')
    expect(names((await role.listRoles()).roles)).not.toContain('acme_analyst')
  })

  it('deletes a role that users have only with another one for them', async () => {
    const { role, user } = environment.sdk
    await role.createRole({
      ...{ name: 'intern', displayName: 'Intern', description: 'Short', permissions: ['reports:read'] },
    } as never)
    await user.updateMembership(ACME, BEN, { roles: ['intern'] })
    expect((await role.getRoleUsersCount('intern')).count).toBe(1n)
    await expect(role.deleteRole('intern')).rejects.toThrow()
    await role.deleteRole('intern', 'guest')
    expect(names((await user.listUserRoles(ACME, BEN)).roles)).toEqual(['guest'])
    await expect(role.deleteRole('reader', 'guest')).rejects.toThrow()
  })
})
