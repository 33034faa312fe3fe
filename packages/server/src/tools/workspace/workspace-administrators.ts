import { members } from '@scalekit-mcp/api'
import type { ToolContext } from '../../tool.js'

/** The workspace role that may read, and may write nothing (`docs/reference/local-api.md`). */
export const READING_ROLE = 'USER'

/** How many administrators a text lists. */
const MAX_ADMINISTRATORS = 3

/** The addresses of members who may write, for a caller who may read members. */
export async function readAdministrators({
  scalekit,
  caller,
}: Pick<ToolContext, 'scalekit' | 'caller'>): Promise<string[]> {
  if (!caller.scopes.has('workspace:read')) return []
  const page = await scalekit.members().listMembers({ pageSize: 30 })
  return page.members
    .filter(({ role }) => role === members.MemberRole.ADMIN)
    .map(({ email }) => email)
    .filter((email) => /^[\x21-\x7e]{3,254}$/.test(email))
    .slice(0, MAX_ADMINISTRATORS)
}

/** What a member can do whose role does not write. */
export function askAdministrators(administrators: readonly string[]): string {
  const people = administrators.length > 0 ? `: ${administrators.join(', ')}` : ''
  return `Ask an ADMIN of the workspace to do it or to change the role${people}. Signing in again with more scopes does not help.`
}
