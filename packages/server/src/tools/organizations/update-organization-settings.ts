import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { isAlready } from '../is-already.js'
import { readOrganization } from '../organization-target.js'
import { organizationFields, toOrganization } from './organization.js'

/** The features of an organization, by the names with which the API answers. */
const featureNames = ['sso', 'dir_sync', 'domain_verification', 'session_policy'] as const

export default defineTool({
  name: 'update_organization_settings',
  title: 'Update organization settings',
  description:
    'Enable or disable features of an organization, such as single sign-on or directory sync. For session lengths use update_session_policy; to require single sign-on, add_domain.',
  toolset: 'organizations',
  scopes: ['organization:write'],
  effect: 'update',
  aliases: { feature: 'features' },
  input: z.object({
    environmentId,
    organizationId,
    features: z
      .array(
        z.strictObject({
          name: z.enum(featureNames).describe('Feature.'),
          enabled: z.boolean().describe('On or off.'),
        }),
      )
      .min(1)
      .max(featureNames.length)
      .refine((features) => new Set(features.map(({ name }) => name)).size === features.length, {
        message: 'Name each feature once.',
      })
      .describe('Those that change.'),
  }),
  output: z.object({ organization: organizationFields }),
  async target(args, { scalekit }) {
    const organization = await readOrganization(scalekit, args)
    const result = toOrganization(organization)
    const wanted = Object.fromEntries(args.features.map(({ name, enabled }) => [name, enabled]))
    return {
      id: organization.id,
      name: organization.displayName,
      changes: Object.fromEntries(args.features.map(({ name, enabled }) => [name, enabled ? 'on' : 'off'])),
      already: isAlready(result.features ?? {}, wanted) ? { organization: result } : undefined,
    }
  },
  async run({ environmentId, organizationId, features }, { scalekit }) {
    const { organization } = await scalekit
      .organizations(environmentId)
      .updateOrganizationSettings({ id: organizationId, settings: { features } })
    if (!organization) throw new ToolError('internal', 'Scalekit did not return the organization.')
    return { organization: toOrganization(organization) }
  },
})
