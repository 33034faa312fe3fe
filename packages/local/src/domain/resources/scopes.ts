import type { Person } from '../users/people.js'

/** What a member may do with the workspace's own MCP server. */
export const WORKSPACE_SCOPES = [
  'workspace:read',
  'workspace:write',
  'environment:read',
  'environment:write',
  'organization:read',
  'organization:write',
]

/** Scopes of OpenID Connect: they say who someone is, and give no right to an API. */
export const IDENTITY_SCOPES = ['openid', 'profile', 'email', 'offline_access']

const PLAIN_WORDS: Record<string, string> = {
  'workspace:read': 'See the workspace and its members',
  'workspace:write': 'Invite and change workspace members',
  'environment:read': 'See environments, roles, connections and MCP servers',
  'environment:write': 'Change environments, roles, redirect URIs, connections and MCP servers',
  'organization:read': 'See organizations and their users',
  'organization:write': 'Create and change organizations and their users',
  'user:read': 'See user data',
  'user:write': 'Change user data',
  openid: 'Know who you are',
  profile: 'See your name',
  email: 'See your e-mail address',
  offline_access: 'Stay signed in when you are away',
}

/** A scope as the consent page explains it; one that has no words of its own is shown by its name. */
export function describeScope(scope: string): { scope: string; words: string; writes: boolean } {
  return { scope, words: PLAIN_WORDS[scope] ?? `Use “${scope}”`, writes: isWriteScope(scope) }
}

/** Whether a scope changes something. What cannot be told to be a read scope counts as one that does. */
export function isWriteScope(scope: string): boolean {
  return !scope.endsWith(':read') && !IDENTITY_SCOPES.includes(scope)
}

/** Whether this person may grant a scope: a member with the role USER grants nothing that writes. */
export function mayGrant(person: Person, scope: string): boolean {
  return person.role !== 'USER' || !isWriteScope(scope)
}

/** The names in a scope parameter (RFC 6749, section 3.3). */
export function splitScope(scope: string | undefined): string[] {
  return [...new Set((scope ?? '').split(' ').filter(Boolean))]
}
