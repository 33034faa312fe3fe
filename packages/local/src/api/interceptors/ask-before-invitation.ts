import { Code, type Interceptor } from '@connectrpc/connect'
import { apiError, UserService } from '@scalekit-mcp/api'
import type { Store } from '../../domain/store.js'
import { environmentKey } from '../request-context.js'

const { createUserAndMembership, createMembership } = UserService.method

/** Asks the applications that decide on invitations, before anything is changed. */
export function askBeforeInvitation({ interceptors }: Store): Interceptor {
  return (next) => async (req) => {
    const environment = req.contextValues.get(environmentKey)
    const invites = req.method === createUserAndMembership || req.method === createMembership
    if (!invites || environment === undefined || req.stream) return next(req)
    const message: Readonly<Record<string, unknown>> = { ...req.message }
    if (message.sendInvitationEmail === false) return next(req)
    const user = record(message.user)
    const organization_id = String(message.organizationId ?? '')
    const user_id = record(message.identities).value
    const verdict = await interceptors.ask({
      environment,
      trigger: 'PRE_USER_INVITATION',
      about: {
        organization_id,
        ...(typeof user.email === 'string' && { user_email: user.email }),
        ...(typeof user_id === 'string' && { user_id }),
      },
      data: { organization: { id: organization_id } },
    })
    if (!verdict.allowed) throw apiError(Code.PermissionDenied, verdict.message)
    return next(req)
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
