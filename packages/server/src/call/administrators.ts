import { Code, ConnectError } from '@connectrpc/connect'
import { commons, type users } from '@scalekit-mcp/api'
import type { Caller } from '@scalekit-mcp/auth'
import type { AdministratorRule } from '../config/administrator-rule.js'
import { ToolError } from '../errors.js'
import type { ScalekitFor } from '../scalekit/connect.js'
import { ExpiringCache } from '../scalekit/expiring-cache.js'
import { isClientAlone } from './client-alone.js'

/** How long a membership is trusted before it is read again. */
const ALLOWED_MS = 60_000
/** A refusal is kept for less, so that a role granted now takes effect now. */
const REFUSED_MS = 5_000
const MAX_PEOPLE = 10_000

export type AdministratorVariable =
  | 'ADMIN_ORGANIZATION'
  | 'ADMIN_ROLES'
  | 'ADMIN_PERMISSION'
  | 'ADMIN_CLIENTS'

/** What a person who is refused can do, by the variable that decides. */
const nextSteps: Readonly<Record<AdministratorVariable, string>> = {
  ADMIN_ORGANIZATION:
    'Sign in as a member of that organization, or ask the operator of this server for access.',
  ADMIN_ROLES: 'Ask the operator of this server for the role.',
  ADMIN_PERMISSION: 'Ask the operator of this server for the permission.',
  ADMIN_CLIENTS: 'Ask the operator of this server to list the client.',
}

/** This caller does not administer the environment. No scope changes that. */
export class NotAnAdministrator extends Error {
  override readonly name = 'NotAnAdministrator'
  readonly code = 'not_an_administrator'
  readonly nextStep: string

  constructor(
    message: string,
    /** The variable whose value decides. */
    readonly variable: AdministratorVariable,
  ) {
    super(`${message} (${variable}).`)
    this.nextStep = `${nextSteps[variable]} Other scopes do not help.`
  }
}

/**
 * Decides whether a caller administers the environment.
 *
 * @throws NotAnAdministrator
 * @throws ToolError `upstream_unavailable` when the membership cannot be read: nobody passes unchecked
 */
export type RequireAdministrator = (caller: Caller) => Promise<void>

/**
 * Environment mode acts with the environment's own credentials, so it decides itself which people and clients may use them.
 * Scopes limit what a client may do for its user; they say nothing about who that user is.
 *
 * Scalekit's tokens for MCP servers carry `sub` and `oid`, but not reliably the roles: membership, status, roles and permissions
 * are read from the API (GetUser, ListUserPermissions), once per person at a time, and kept for 60 seconds at most.
 *
 * @param timeoutMs how long these reads may take
 * @throws TypeError for a rule that lets nobody in
 */
export function createAdministrators(
  rule: AdministratorRule,
  scalekit: ScalekitFor,
  timeoutMs: number,
): RequireAdministrator {
  const roles = new Set(rule.roles)
  const clients = new Set(rule.clients)
  if (!rule.organizationId && clients.size === 0) {
    throw new TypeError(
      'administrators: set organizationId or clients, because nobody else may use environment mode.',
    )
  }
  const decisions = new ExpiringCache<NotAnAdministrator | undefined>(MAX_PEOPLE)

  async function decide(caller: Caller, organizationId: string) {
    const refusal = await refusalOfMember(caller, organizationId)
    return { value: refusal, expiresAt: Date.now() + (refusal ? REFUSED_MS : ALLOWED_MS) }
  }

  async function refusalOfMember(
    caller: Caller,
    organizationId: string,
  ): Promise<NotAnAdministrator | undefined> {
    const api = scalekit(caller, AbortSignal.timeout(timeoutMs)).users('')
    const user = await readUser(() => api.getUser({ identities: { case: 'id', value: caller.subject } }))
    const memberships = user?.id === caller.subject ? user.memberships : []
    const membership = memberships.find((each) => each.organizationId === organizationId)
    if (membership?.membershipStatus !== commons.MembershipStatus.ACTIVE) {
      return new NotAnAdministrator(
        'You are not an active member of the organization that administers this environment',
        'ADMIN_ORGANIZATION',
      )
    }
    if (roles.size > 0 && !membership.roles.some(({ name }) => roles.has(name))) {
      return new NotAnAdministrator('You do not have a role that administers this environment', 'ADMIN_ROLES')
    }
    if (rule.permission === undefined) return undefined
    const { permissions } = await api.listUserPermissions({ organizationId, userId: caller.subject })
    if (permissions.some(({ name }) => name === rule.permission)) return undefined
    return new NotAnAdministrator(
      'You do not have the permission that administers this environment',
      'ADMIN_PERMISSION',
    )
  }

  return async (caller) => {
    if (isClientAlone(caller)) return requireClient(clients, caller)
    const organizationId = requireOrganization(rule, caller)
    const refusal = await decisions
      .get(caller.subject, () => decide(caller, organizationId))
      .catch((cause: unknown) => {
        throw new ToolError(
          'upstream_unavailable',
          'Scalekit did not confirm that you are an administrator.',
          { cause },
        )
      })
    if (refusal) throw refusal
  }
}

function requireClient(clients: ReadonlySet<string>, { clientId }: Caller): void {
  if (clients.has(clientId)) return
  throw new NotAnAdministrator('This client does not administer the environment', 'ADMIN_CLIENTS')
}

/** The token was issued for a user (`usr_…`), as a member of the operator's organization (`oid`). */
function requireOrganization({ organizationId }: AdministratorRule, caller: Caller): string {
  if (organizationId === undefined) {
    throw new NotAnAdministrator('No person administers this environment', 'ADMIN_ORGANIZATION')
  }
  if (!caller.subject.startsWith('usr_') || caller.organizationId !== organizationId) {
    throw new NotAnAdministrator(
      'You are not signed in to the organization that administers this environment',
      'ADMIN_ORGANIZATION',
    )
  }
  return organizationId
}

/** A user who no longer exists has no membership. */
async function readUser(
  read: () => Promise<{ readonly user?: users.User }>,
): Promise<users.User | undefined> {
  try {
    return (await read()).user
  } catch (error) {
    if (ConnectError.from(error).code === Code.NotFound) return undefined
    throw error
  }
}
