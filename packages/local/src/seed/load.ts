import type { Kysely } from 'kysely'
import { WORKSPACE } from '../domain/environments/realm.js'
import type { Clock } from '../storage/clock.js'
import { insertRows } from '../storage/insert-rows.js'
import type { Schema } from '../storage/schema.js'
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
  const members = seed.workspace.members.map((member) => {
    const { id, email, role, first_name = null, last_name = null, data } = member
    const row = { id, email: email.toLowerCase(), role, first_name, last_name, data: JSON.stringify(data) }
    return { ...row, ...stamp(member) }
  })
  await insertRows(db, 'members', members)
  await loadClients(db, WORKSPACE, seed.workspace, clock)
  for (const environment of seed.environments) {
    const { id, display_name, type, region } = environment
    const row = { id, display_name, type, region, data: JSON.stringify(environment.data) }
    await insertRows(db, 'environments', [{ ...row, ...stamp(environment) }])
    await loadClients(db, id, environment, clock)
    await loadOrganizations(db, environment, stamp)
    await loadRoles(db, environment, stamp)
    await loadUsers(db, environment, stamp)
    await loadRegistry(db, environment, stamp)
  }
}

async function loadOrganizations(db: Db, environment: Environment, stamp: Stamp): Promise<void> {
  const rows = environment.organizations.map((organization) => {
    const { id, display_name, external_id = null, slug = null, data } = organization
    const row = { id, environment_id: environment.id, display_name, external_id, slug }
    return { ...row, data: JSON.stringify(data), ...stamp(organization) }
  })
  await insertRows(db, 'organizations', rows)
}

async function loadUsers(db: Db, environment: Environment, stamp: Stamp): Promise<void> {
  const users = environment.users.map((user) => {
    const { id, external_id = null, data } = user
    const row = { id, environment_id: environment.id, email: user.email.toLowerCase(), external_id }
    return { ...row, data: JSON.stringify(data), ...stamp(user) }
  })
  await insertRows(db, 'users', users)
  const memberships = environment.users.flatMap((user) =>
    user.memberships.map((membership) => ({
      organization_id: membership.organization,
      user_id: user.id,
      status: membership.status,
      roles: JSON.stringify(membership.roles),
      data: JSON.stringify(membership.data),
      ...stamp(membership),
    })),
  )
  await insertRows(db, 'memberships', memberships)
}
