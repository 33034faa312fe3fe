import { commons, organizations } from '@scalekit-mcp/api'
import * as z from 'zod'
import type { ToolContext } from '../../tool.js'

const timeouts = {
  absoluteMinutes: z.number().optional().describe('A session ends this long after its start.'),
  idleMinutes: z
    .number()
    .optional()
    .describe('A session ends after this long without activity; absent: never.'),
}

/** How long sessions last, as results give it. */
export const sessionPolicyFields = z.object({
  own: z.object(timeouts).optional().describe("The organization's own policy; absent: it has none."),
  environment: z
    .object({ ...timeouts, accessTokenMinutes: z.number() })
    .describe('The policy of the environment, for all organizations.'),
  effective: z.object(timeouts).describe('What new sessions get: the shorter of both.'),
})

export type SessionPolicy = z.output<typeof sessionPolicyFields>
type Timeouts = SessionPolicy['effective']

/** Reads how long the sessions of an organization last. */
export async function readSessionPolicy(
  scalekit: ToolContext['scalekit'],
  { environmentId, organizationId }: Record<'environmentId' | 'organizationId', string>,
): Promise<SessionPolicy> {
  const client = scalekit.organizations(environmentId)
  const { policy } = await client.getOrganizationSessionPolicy({ organizationId })
  const { applicationPolicy } = await client.getApplicationSessionPolicy({ organizationId })
  const own = ownTimeouts(policy)
  const environment = {
    ...timeoutsOf(applicationPolicy),
    accessTokenMinutes: applicationPolicy?.accessTokenExpiry ?? 0,
  }
  return {
    own,
    environment,
    effective: {
      absoluteMinutes: shorter(own?.absoluteMinutes, environment.absoluteMinutes),
      idleMinutes: shorter(own?.idleMinutes, environment.idleMinutes),
    },
  }
}

type ApiPolicy = Partial<
  Pick<
    organizations.OrganizationSessionPolicySettings,
    | 'absoluteSessionTimeout'
    | 'absoluteSessionTimeoutUnit'
    | 'idleSessionTimeoutEnabled'
    | 'idleSessionTimeout'
    | 'idleSessionTimeoutUnit'
  >
>

function ownTimeouts(
  policy: organizations.OrganizationSessionPolicySettings | undefined,
): Timeouts | undefined {
  return policy?.policySource === organizations.SessionPolicyType.CUSTOM ? timeoutsOf(policy) : undefined
}

function timeoutsOf(policy: ApiPolicy | undefined): Timeouts {
  if (!policy) return {}
  return {
    absoluteMinutes: minutes(policy.absoluteSessionTimeout, policy.absoluteSessionTimeoutUnit),
    idleMinutes: policy.idleSessionTimeoutEnabled
      ? minutes(policy.idleSessionTimeout, policy.idleSessionTimeoutUnit)
      : undefined,
  }
}

/** Without a unit the API means minutes. */
function minutes(value: number | undefined, unit: commons.TimeUnit | undefined): number | undefined {
  if (!value) return undefined
  if (unit === commons.TimeUnit.HOURS) return value * 60
  return unit === commons.TimeUnit.DAYS ? value * 24 * 60 : value
}

function shorter(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)
}
