import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, text } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationFields, toOrganization } from './organization.js'
import { organizationWith } from './organization-with.js'

export default defineTool({
  name: 'create_organization',
  title: 'Create organization',
  description:
    'Create an organization (a customer) in an environment. An externalId that is taken is refused.',
  toolset: 'organizations',
  scopes: ['organization:write'],
  effect: 'create',
  unconfirmed: 'A new organization has no users and no connections, so nobody can sign in to it.',
  aliases: { organizationName: 'name' },
  input: z.object({
    environmentId,
    name: text(200).describe('Display name.'),
    externalId: text(255).optional().describe('Its id in your own system; unique in the environment.'),
  }),
  output: z.object({ organization: organizationFields }),
  existing: ({ environmentId, externalId }, context) => organizationWith(externalId, environmentId, context),
  async run({ environmentId, name, externalId }, { scalekit }) {
    const { organization } = await scalekit
      .organizations(environmentId)
      .createOrganization({ organization: { displayName: name, externalId } })
    if (!organization) throw new ToolError('internal', 'Scalekit did not return the organization.')
    return { organization: toOrganization(organization) }
  },
})
