import type { Person } from '../users/people.js'
import type { Resource } from './resources.js'
import { mayGrant } from './scopes.js'

/** Who asks for the scopes of an MCP server. */
export interface Grantee {
  /** The scopes that the client is registered with; undefined where it is not held to any. */
  readonly registered?: readonly string[] | undefined
  /** The person that the client acts for; undefined for a machine. */
  readonly person?: Person | undefined
}

/**
 * The scopes of an MCP server that can be granted: those that the client is registered with, that the person's role in
 * the workspace allows, and, with `intersect_scopes_user_permission`, that the person has as permissions in the
 * organization that they act in.
 */
export function grantableScopes(
  { scopes, settings }: Pick<Resource, 'scopes' | 'settings'>,
  { registered, person }: Grantee,
): string[] {
  const permissions = settings.intersect_scopes_user_permission
    ? (person?.organization?.permissions ?? [])
    : undefined
  return scopes.filter((scope) => {
    if (registered !== undefined && !registered.includes(scope)) return false
    if (person === undefined) return true
    return mayGrant(person, scope) && (permissions === undefined || permissions.includes(scope))
  })
}
