import { commons, organizations } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { isAlready } from '../is-already.js'
import { organizationTarget } from '../organization-target.js'
import { readSessionPolicy, type SessionPolicy, sessionPolicyFields } from './session-policy.js'

const { CUSTOM, APPLICATION } = organizations.SessionPolicyType
const { MINUTES } = commons.TimeUnit
const YEAR_MINUTES = 525_600

export default defineTool({
  name: 'update_session_policy',
  title: 'Update session policy',
  description:
    'Limit how long sessions of an organization last, in all and without activity. What is left out stays. New sessions get the shorter of this and the policy of the environment; sessions that exist keep theirs, until remove_user_sessions (toolset sessions).',
  toolset: 'organizations',
  scopes: ['organization:write'],
  effect: 'update',
  input: z.object({
    environmentId,
    organizationId,
    absoluteMinutes: z
      .number()
      .int()
      .min(1)
      .max(YEAR_MINUTES)
      .optional()
      .describe('A session ends this long after its start; 480 are 8 hours.'),
    idleMinutes: z
      .number()
      .int()
      .min(0)
      .max(YEAR_MINUTES)
      .optional()
      .describe('A session ends after this long without activity; 0: never.'),
    useEnvironmentPolicy: z
      .boolean()
      .optional()
      .describe("true, without the other two, drops the organization's own policy."),
  }),
  output: z.object({ policy: sessionPolicyFields }),
  check({ absoluteMinutes, idleMinutes, useEnvironmentPolicy }) {
    const times = absoluteMinutes !== undefined || idleMinutes !== undefined
    if (times !== (useEnvironmentPolicy === true)) return
    throw new ToolError(
      'invalid_arguments',
      'Give absoluteMinutes, idleMinutes or both, or useEnvironmentPolicy: true without them.',
    )
  },
  async target({ absoluteMinutes, idleMinutes, useEnvironmentPolicy, ...which }, context) {
    const target = await organizationTarget(which, context, {
      'Sessions end after': inMinutes(absoluteMinutes),
      'Without activity they end': idleMinutes === 0 ? 'never' : after(idleMinutes),
      Policy: useEnvironmentPolicy ? 'that of the environment' : undefined,
    })
    const policy = await readSessionPolicy(context.scalekit, which)
    if (!useEnvironmentPolicy) wanted(policy, absoluteMinutes, idleMinutes)
    const { own } = policy
    const isSame = useEnvironmentPolicy
      ? own === undefined
      : own !== undefined &&
        isAlready({ ...own, idleMinutes: own.idleMinutes ?? 0 }, { absoluteMinutes, idleMinutes })
    return { ...target, already: isSame ? { policy } : undefined }
  },
  async run(args, { scalekit }) {
    const { environmentId, organizationId, absoluteMinutes, idleMinutes, useEnvironmentPolicy } = args
    const before = await readSessionPolicy(scalekit, args)
    await scalekit.organizations(environmentId).updateOrganizationSessionPolicy({
      organizationId,
      ...(useEnvironmentPolicy
        ? { policySource: APPLICATION }
        : { policySource: CUSTOM, ...wanted(before, absoluteMinutes, idleMinutes) }),
    })
    return { policy: await readSessionPolicy(scalekit, args) }
  },
})

/**
 * All of the policy: what a write leaves out is not documented. Without an own policy, it begins with the environment's.
 *
 * @throws ToolError `invalid_arguments` where a session would end before it can be idle for long enough
 */
function wanted({ own, environment }: SessionPolicy, absolute: number | undefined, idle: number | undefined) {
  const before = own ?? environment
  const absoluteMinutes = absolute ?? before.absoluteMinutes
  const idleMinutes = idle ?? before.idleMinutes ?? 0
  if (absoluteMinutes !== undefined && idleMinutes >= absoluteMinutes) {
    throw new ToolError(
      'invalid_arguments',
      `idleMinutes (${idleMinutes}) must be less than absoluteMinutes (${absoluteMinutes}).`,
      { nextStep: 'Give both. get_session_policy has the one that was left out.' },
    )
  }
  return {
    absoluteSessionTimeout: absoluteMinutes,
    absoluteSessionTimeoutUnit: MINUTES,
    idleSessionTimeoutEnabled: idleMinutes > 0,
    ...(idleMinutes > 0 && { idleSessionTimeout: idleMinutes, idleSessionTimeoutUnit: MINUTES }),
  }
}

const after = (minutes: number | undefined) => minutes && `after ${minutes} minutes`
const inMinutes = (value: number | undefined) => (value === undefined ? undefined : `${value} minutes`)
