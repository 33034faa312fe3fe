import type { Browser } from 'playwright-core'
import { ACME, type Environment } from './environment.js'
import { Visitor } from './visitor.js'

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

interface Resource {
  readonly id: string
  readonly [name: string]: unknown
}

interface ScimAnswer {
  readonly status: number
  readonly body: Resource & { readonly totalResults: number; readonly Resources: Resource[] }
}

/** A directory of Acme as the identity provider and the application's developer see it. */
export interface Directory {
  readonly endpoint: string
  /** A request of the identity provider, with the token of the portal. */
  scim(method: string, path: string, body?: unknown): Promise<ScimAnswer>
  /** A PATCH with these operations. */
  change(path: string, ...operations: unknown[]): Promise<ScimAnswer>
  /** Maps a group to a role, as the developer does for the customer. */
  assignRole(group: string, role: string): Promise<unknown>
  /** The status and the roles of a person in Acme, as the API lists them. */
  membership(email: string): Promise<{ status: string; roles: string[] } | undefined>
  /** The profile of a user, as the API lists it. */
  profile(email: string): Promise<Record<string, unknown> | undefined>
}

interface User {
  readonly email: string
  readonly user_profile: Record<string, unknown>
  readonly memberships: {
    readonly organization_id: string
    readonly membership_status: string
    readonly roles?: { readonly name: string }[]
  }[]
}

/** Acme's administrator opens a portal link, adds a directory, and copies its endpoint and token. */
export async function addDirectoryInPortal(environment: Environment, browser: Browser): Promise<Directory> {
  const { location } = await environment.sdk.organization.generatePortalLink(ACME)
  const administrator = await Visitor.open(browser)
  const { page } = administrator
  await administrator.goto(location)
  await administrator.press('Add a SCIM directory')
  await administrator.press('Create a token')
  const token = (await page.locator('code.token').textContent()) ?? ''
  const endpoint = (await page.locator('dt:has-text("SCIM endpoint") + dd').textContent())?.trim() ?? ''
  const [, id = ''] = /(dir_\d+)/.exec(endpoint) ?? []
  await administrator.leave()

  const scim = async (method: string, path: string, body?: unknown): Promise<ScimAnswer> => {
    const response = await fetch(endpoint + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
  }
  const find = async (email: string) => {
    const { users } = await environment.api<{ users: User[] }>('GET', '/users?page_size=100')
    return users.find((user) => user.email === email)
  }

  return {
    endpoint,
    scim,
    change: (path, ...Operations) =>
      scim('PATCH', path, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }),
    assignRole: (group, role) =>
      environment.api('PUT', `/organizations/${ACME}/directories/${id}/groups/-/roles:assign`, {
        assignments: [{ group_id: group, role_name: role }],
      }),
    async membership(email) {
      const own = (await find(email))?.memberships.find(({ organization_id }) => organization_id === ACME)
      return own && { status: own.membership_status, roles: (own.roles ?? []).map(({ name }) => name) }
    },
    profile: async (email) => (await find(email))?.user_profile,
  }
}
