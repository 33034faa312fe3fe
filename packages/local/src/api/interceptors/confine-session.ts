import type { DescMethod, Message } from '@bufbuild/protobuf'
import { Code, type Interceptor } from '@connectrpc/connect'
import {
  apiError,
  authOption,
  ClientService,
  ConnectedAccountService,
  ConnectionService,
  OrganizationService,
  SessionService,
  UserService,
  WebAuthnService,
} from '@scalekit-mcp/api'
import { rightsOf } from '../../domain/roles/membership-rights.js'
import type { Store } from '../../domain/store.js'
import { principalKey } from '../request-context.js'

/**
 * A user's session reaches the organization that its token is for, with the permissions that the user has there,
 * and the user's own entry; a token for no organization reaches those that the user belongs to. Nothing else.
 */
export function confineSession({ database }: Store): Interceptor {
  return (next) => async (req) => {
    const principal = req.contextValues.get(principalKey)
    if (principal?.kind !== 'session' || authOption(req.method).callers.has('none') || req.stream)
      return next(req)
    const { db } = database
    const organization = organizationIn(req.message, req.service.typeName === OrganizationService.typeName)
    if (organization === undefined) {
      if (idIn(req.message) === principal.userId || CONFINED_BY_HANDLER.has(req.method)) return next(req)
      throw apiError(Code.PermissionDenied, 'A session reaches its own user and organizations only')
    }
    if (principal.organization !== undefined && principal.organization !== organization) {
      throw apiError(Code.PermissionDenied, 'The token is for another organization: sign in for this one')
    }
    const membership = await db
      .selectFrom('memberships')
      .selectAll()
      .where('organization_id', '=', organization)
      .where('user_id', '=', principal.userId)
      .where('status', '=', 'ACTIVE')
      .executeTakeFirst()
    if (!membership) throw apiError(Code.PermissionDenied, 'The user does not belong to this organization')
    const { permissions } = await rightsOf(db, principal.realm, membership)
    if (!authOption(req.method).permissions.every((permission) => permissions.includes(permission))) {
      throw apiError(Code.PermissionDenied, 'The user lacks the permission in this organization')
    }
    return next(req)
  }
}

/** Methods whose handlers look at whose session it is: their requests do not name a user. */
const CONFINED_BY_HANDLER: ReadonlySet<DescMethod> = new Set<DescMethod>([
  ...WebAuthnService.methods,
  SessionService.method.revokeSession,
  ClientService.method.listCurrentAgentConsents,
  ClientService.method.revokeCurrentAgentConsent,
  UserService.method.getCurrentUser,
  UserService.method.getSupportHash,
  ConnectionService.method.getConnectionTestResult,
  ConnectedAccountService.method.listMyAppConnections,
  ConnectedAccountService.method.getMyConnectionMagicLink,
  ConnectedAccountService.method.disconnectMyConnectedAccount,
])

function organizationIn(message: Message, byId: boolean): string | undefined {
  const named = Reflect.get(message, 'organizationId') ?? Reflect.get(message, 'orgId')
  if (typeof named === 'string' && named !== '') return named
  const identities: unknown = Reflect.get(message, 'identities')
  if (isIdentity(identities, 'organizationId')) return identities.value
  return byId ? idIn(message) : undefined
}

function idIn(message: Message): string | undefined {
  const identities: unknown = Reflect.get(message, 'identities')
  const named = isIdentity(identities, 'id')
    ? identities.value
    : (Reflect.get(message, 'id') ?? Reflect.get(message, 'userId'))
  return typeof named === 'string' ? named : undefined
}

function isIdentity(value: unknown, name: string): value is { case: string; value: string } {
  return typeof value === 'object' && value !== null && 'case' in value && value.case === name
}
