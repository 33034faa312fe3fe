import type { Kysely } from 'kysely'
import type { MembershipRow, RoleRow, Schema } from '../../storage/schema.js'
import { membershipRoles } from './membership-roles.js'
import { openRoleBook, type RoleBook } from './role-book.js'

type Held = Pick<MembershipRow, 'organization_id' | 'roles'>

/** What a user may do in an organization: the names of roles and permissions. */
export interface MembershipRights {
  readonly roles: string[]
  readonly permissions: string[]
}

/**
 * The rights of a membership, inherited permissions included: in tokens, at userinfo, in the API and for a session
 * that calls it.
 */
export async function rightsOf(
  db: Kysely<Schema>,
  environment: string,
  membership: Held,
): Promise<MembershipRights> {
  return rightsIn(await openRoleBook(db, environment, membership.organization_id), membership)
}

export function rightsIn(book: RoleBook, membership: Held): MembershipRights {
  const held = heldRoles(book, membership)
  return {
    roles: held.map(({ name }) => name),
    permissions: book.effective(held, membership.organization_id).map(({ name }) => name),
  }
}

/** The roles of a membership. A role of the organization shadows the environment's role with the same name. */
export function heldRoles(book: RoleBook, membership: Held): RoleRow[] {
  const names = membershipRoles(membership)
  return book.visible(membership.organization_id).filter(({ name }) => names.includes(name))
}
