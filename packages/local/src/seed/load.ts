import type { Kysely } from 'kysely'
import type { Clock } from '../engine/clock.js'
import type { Schema } from '../engine/schema.js'
import { WORKSPACE } from '../oauth/realm.js'
import { loadClients } from './load-clients.js'
import { loadRoles } from './load-roles.js'
import { loadRegistry } from './registry.js'
import type { ParsedSeed } from './schema.js'
import { type Stamp, stamper } from './stamp.js'

type Db = Kysely<Schema>
type Environment = ParsedSeed['environments'][number]

/** Writes a seed into empty tables; run it in a transaction. Throws a `LocalError` where the seed contradicts itself. */
export async function loadSeed(db: Db, seed: ParsedSeed, clock: Clock): Promise<void> {
  const stamp = stamper(clock)
  for (const member of seed.workspace.members) {
    const { id, email, role, first_name = null, last_name = null } = member
    const row = { id, email: email.toLowerCase(), role, first_name, last_name }
    await db
      .insertInto('members')
      .values({ ...row, ...stamp(member), data: JSON.stringify(member.data) })
      .execute()
  }
  await loadClients(db, WORKSPACE, seed.workspace, clock)
  for (const environment of seed.environments) {
    const { id, display_name, type, region } = environment
    const row = { id, display_name, type, region, data: JSON.stringify(environment.data) }
    await db
      .insertInto('environments')
      .values({ ...row, ...stamp(environment) })
      .execute()
    await loadClients(db, id, environment, clock)
    await loadOrganizations(db, environment, stamp)
    await loadRoles(db, environment, stamp)
    await loadUsers(db, environment, stamp)
    await loadRegistry(db, environment, stamp)
  }
}

async function loadOrganizations(db: Db, environment: Environment, stamp: Stamp): Promise<void> {
  for (const organization of environment.organizations) {
    const { id, display_name, external_id = null, slug = null } = organization
    const row = { id, environment_id: environment.id, display_name, external_id, slug }
    await db
      .insertInto('organizations')
      .values({ ...row, ...stamp(organization), data: JSON.stringify(organization.data) })
      .execute()
  }
}

async function loadUsers(db: Db, environment: Environment, stamp: Stamp): Promise<void> {
  for (const user of environment.users) {
    const { id, external_id = null } = user
    const row = { id, environment_id: environment.id, email: user.email.toLowerCase(), external_id }
    await db
      .insertInto('users')
      .values({ ...row, ...stamp(user), data: JSON.stringify(user.data) })
      .execute()
    for (const membership of user.memberships) {
      const joined = {
        organization_id: membership.organization,
        user_id: id,
        status: membership.status,
        roles: JSON.stringify(membership.roles),
        data: JSON.stringify(membership.data),
      }
      await db
        .insertInto('memberships')
        .values({ ...joined, ...stamp(membership) })
        .execute()
    }
  }
}
