import { expect } from 'vitest'
import type { Local } from '../api/local.js'
import { signInToApp } from '../api/sign-in.js'
import { claimsOf } from '../oauth/authorization-code.js'
import { ACME, DEV, type OpenDirectory } from './open-directory.js'

/** Users of the environment that follow a directory, as its API, its tokens and its events show them. */
export function provisioned(local: Local, directory: OpenDirectory) {
  return {
    async user(email: string) {
      const { users = [] } = await directory.api('GET', '/users?page_size=100')
      return users.find((user: { email: string }) => user.email === email)
    },

    /** The status and the roles of a user in Acme, as the API tells them. */
    async membership(email: string) {
      const { memberships = [] } = (await this.user(email)) ?? {}
      const own = memberships.find((one: { organization_id: string }) => one.organization_id === ACME)
      if (own === undefined) return undefined
      const roles = (own.roles ?? []).map(({ name }: { name: string }) => name).sort()
      return { status: own.membership_status, roles }
    },

    async signIn(email: string) {
      const tokens = await signInToApp(local, email)
      const { oid, roles } = claimsOf(tokens.access_token)
      return { ...tokens, oid, roles }
    },

    /** Whether the API of the environment still accepts an access token. */
    async introspects(token: string): Promise<boolean> {
      const response = await fetch(`${local.url}/${DEV}/oauth/introspect`, {
        method: 'POST',
        body: new URLSearchParams({
          token,
          client_id: 'skc_100000000000000001',
          client_secret: 'test_local_secret',
        }),
      })
      expect(response.status).toBe(200)
      return ((await response.json()) as { active: boolean }).active
    },

    /** What applications were told of the directory, in order. */
    async events() {
      const rows = await local.database.db
        .selectFrom('events')
        .selectAll()
        .where('type', 'like', 'organization.directory.%')
        .orderBy('id')
        .execute()
      return rows.map(({ type, data }) => ({
        type: type.replace('organization.directory.', ''),
        data: JSON.parse(data),
      }))
    },
  }
}

export type Provisioned = ReturnType<typeof provisioned>
