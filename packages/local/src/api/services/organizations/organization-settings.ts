import type { ServiceImpl } from '@connectrpc/connect'
import { commons, type OrganizationService, organizations } from '@scalekit-mcp/api'
import {
  editOrganizationData,
  findOrganization,
  organizationData,
  userLimit,
} from '../../../domain/organizations/organization-data.js'
import {
  APPLICATION_POLICY,
  changedPolicy,
  SIGN_IN_TOKEN_SECONDS,
} from '../../../domain/sessions/session-policy.js'
import type { Store } from '../../../domain/store.js'
import { toOrganization } from '../../messages/organization-message.js'
import { environmentOf } from '../../request-context.js'

/** A feature that clients know by two names. */
const FEATURE_NAMES: Readonly<Record<string, string>> = { directory_sync: 'dir_sync' }

const { CUSTOM, APPLICATION } = organizations.SessionPolicyType
const { MINUTES } = commons.TimeUnit

export function organizationSettingsHandlers(store: Store): Partial<ServiceImpl<typeof OrganizationService>> {
  return {
    async updateOrganizationSettings({ id, settings }, context) {
      const row = await editOrganizationData(store, environmentOf(context), id, (data) => {
        const features = new Map(data.features.map(({ name, enabled }) => [name, enabled]))
        for (const { name, enabled } of settings?.features ?? [])
          features.set(FEATURE_NAMES[name] ?? name, enabled)
        data.features = [...features].map(([name, enabled]) => ({ name, enabled }))
      })
      return { organization: toOrganization(row) }
    },

    async upsertUserManagementSettings({ organizationId, settings }, context) {
      await editOrganizationData(store, environmentOf(context), organizationId, (data) => {
        data.max_allowed_users = userLimit(settings?.maxAllowedUsers)
      })
      return { settings: settings ?? {} }
    },

    async getOrganizationUserManagementSetting({ organizationId }, context) {
      const row = await findOrganization(store.database.db, environmentOf(context), { id: organizationId })
      const maxAllowedUsers = organizationData(row).max_allowed_users
      return { settings: maxAllowedUsers === undefined ? {} : { maxAllowedUsers } }
    },

    async getOrganizationSessionPolicy({ organizationId }, context) {
      const row = await findOrganization(store.database.db, environmentOf(context), { id: organizationId })
      return { policy: sessionPolicy(organizationData(row).session_policy) }
    },

    async getApplicationSessionPolicy({ organizationId }, context) {
      await findOrganization(store.database.db, environmentOf(context), { id: organizationId })
      const { absolute, idle } = APPLICATION_POLICY
      return {
        applicationPolicy: {
          ...{ absoluteSessionTimeout: absolute, absoluteSessionTimeoutUnit: MINUTES },
          ...{ idleSessionTimeoutEnabled: idle !== undefined, idleSessionTimeoutUnit: MINUTES },
          ...(idle !== undefined && { idleSessionTimeout: idle }),
          accessTokenExpiry: SIGN_IN_TOKEN_SECONDS / 60,
        },
      }
    },

    async updateOrganizationSessionPolicy(request, context) {
      const { policySource, organizationId, $typeName, $unknown, ...timeouts } = request
      const row = await editOrganizationData(store, environmentOf(context), organizationId, (data) => {
        data.session_policy =
          policySource === CUSTOM ? changedPolicy(data.session_policy, timeouts) : undefined
      })
      return { policy: sessionPolicy(organizationData(row).session_policy) }
    },
  }
}

function sessionPolicy(policy: ReturnType<typeof organizationData>['session_policy']) {
  return policy ? { policySource: CUSTOM, ...policy } : { policySource: APPLICATION }
}
