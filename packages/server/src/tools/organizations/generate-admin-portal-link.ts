import { organizations } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationTarget } from '../organization-target.js'
import { time, toTime } from '../times.js'

const features = { sso: organizations.Feature.sso, dirSync: organizations.Feature.dir_sync }

export default defineTool({
  name: 'generate_admin_portal_link',
  title: 'Generate admin portal link',
  description:
    "Create a link with which an organization's own administrator sets up single sign-on or a directory. A person gets it, not the conversation. It opens once, within a minute; the Scalekit dashboard creates links that last seven days.",
  toolset: 'organizations',
  scopes: ['organization:write'],
  effect: 'create',
  reveals: {
    kind: 'link',
    message:
      'Open the admin portal of the organization, or copy the link for its administrator. It opens once, within a minute. For a link that lasts seven days use the Scalekit dashboard.',
  },
  input: z.object({
    environmentId,
    organizationId,
    feature: z.enum(['sso', 'dirSync']).optional().describe('Open this part of the portal only.'),
  }),
  output: z.object({ expiresAt: time }),
  target: (args, context) =>
    organizationTarget(args, context, { 'Opens the admin portal': args.feature ?? 'all of it' }),
  async run({ environmentId, organizationId, feature }, { scalekit }) {
    const { link } = await scalekit.organizations(environmentId).generatePortalLink({
      id: organizationId,
      features: feature ? [features[feature]] : [],
    })
    if (!link?.location) throw new ToolError('internal', 'Scalekit did not return the link.')
    const expiresAt = toTime(link.expireTime)
    return { expiresAt, revealed: [{ label: 'Link to the admin portal', value: link.location, expiresAt }] }
  },
})
