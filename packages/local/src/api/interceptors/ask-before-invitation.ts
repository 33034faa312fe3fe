import { Code, type Interceptor } from '@connectrpc/connect'
import { apiError, UserService } from '@scalekit-mcp/api'
import type { Store } from '../../domain/store.js'
import { environmentKey } from '../request-context.js'

const { createUserAndMembership, createMembership } = UserService.method

/** Asks the applications that decide on invitations, before anything is changed. */
export function askBeforeInvitation({ database: { db }, interceptors }: Store): Interceptor {
  return (next) => async (req) => {
    const environment = req.contextValues.get(environmentKey)
    const invites = req.method === createUserAndMembership || req.method === createMembership
    if (!invites || environment === undefined || req.stream) return next(req)
    const message: Readonly<Record<string, unknown>> = { ...req.message }
    if (message.sendInvitationEmail === false) return next(req)
    const user = record(message.user)
    const organization_id = String(message.organizationId ?? '')
    const organization = await db
      .selectFrom('organizations')
      .select('display_name')
      .where('environment_id', '=', environment)
      .where('id', '=', organization_id)
      .executeTakeFirst()
    const { case: by = 'id', value } = record(message.identities)
    const known =
      typeof value !== 'string'
        ? undefined
        : await db
            .selectFrom('users')
            .select(['id', 'email'])
            .where('environment_id', '=', environment)
            .where(by === 'externalId' ? 'external_id' : 'id', '=', value)
            .executeTakeFirst()
    const user_email = known?.email ?? user.email
    const verdict = await interceptors.ask({
      environment,
      trigger: 'PRE_USER_INVITATION',
      about: {
        organization_id,
        ...(typeof user_email === 'string' && { user_email }),
        ...(known && { user_id: known.id }),
      },
      data: { organization: { id: organization_id, name: organization?.display_name ?? '' } },
    })
    if (!verdict.allowed) throw apiError(Code.PermissionDenied, verdict.message)
    return next(req)
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
