import { ToolError } from '../errors.js'
import type { ToolContext } from '../tool.js'

/** Who calls, and what lets the caller use this server. */
type Facts = Pick<ToolContext, 'caller' | 'connection'>

/**
 * Refuses to delete the organization whose members administer the environment through this server: nobody could use it afterwards.
 *
 * @throws ToolError `precondition_failed`
 */
export function keepAdministrators(organizationIds: readonly string[], { connection }: Facts): void {
  const { administeredBy } = connection()
  if (!administeredBy || !organizationIds.includes(administeredBy.organizationId)) return
  throw lockOut(
    `${administeredBy.organizationId} is the organization whose members administer this environment (ADMIN_ORGANIZATION).`,
  )
}

/** Refuses to delete a role that administrators have. @throws ToolError `precondition_failed` */
export function keepAdministratorRole(name: string, { connection }: Facts): void {
  if (!connection().administeredBy?.roles.includes(name)) return
  throw lockOut(`${name} is a role that administers this environment (ADMIN_ROLES).`)
}

/** Refuses to take the permission of administrators away from a role, or from all. @throws ToolError `precondition_failed` */
export function keepAdministratorPermission(
  lost: readonly string[],
  { connection }: Pick<Facts, 'connection'>,
): void {
  const permission = connection().administeredBy?.permission
  if (permission === undefined || !lost.includes(permission)) return
  throw lockOut(`${permission} is the permission that administers this environment (ADMIN_PERMISSION).`)
}

/** Refuses to take the caller's own access away. @throws ToolError `precondition_failed` */
export function keepOwnMembership(
  { organizationId, userId }: { readonly organizationId: string; readonly userId: string },
  { caller, connection }: Facts,
): void {
  if (userId !== caller.subject || organizationId !== connection().administeredBy?.organizationId) return
  throw lockOut(`${userId} is the caller, whose membership and role let them use this server.`)
}

/** Refuses to delete the registration of this server itself, or what tokens for it depend on. @throws ToolError `precondition_failed` */
export function keepOwnRegistration(mcpServerId: string, { connection }: Facts): void {
  if (mcpServerId !== connection().ownMcpServerId) return
  throw lockOut(`${mcpServerId} is the registration of this server itself.`)
}

function lockOut(message: string): ToolError {
  return new ToolError('precondition_failed', `${message} The call would end the access to this server.`, {
    nextStep:
      'Tell the user. Another administrator, or the operator in the dashboard of Scalekit, can do it without this server.',
  })
}
