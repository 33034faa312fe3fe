import * as z from 'zod'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { createOrganization, harmless, newOrganizationFields } from './new-organization.js'
import { organizationFields } from './organization.js'
import { organizationWith } from './organization-with.js'

export default defineTool({
  name: 'create_organization',
  title: 'Create organization',
  description:
    'Create an organization (a customer) in an environment. An externalId that is taken is refused.',
  toolset: 'organizations',
  scopes: ['organization:write'],
  effect: 'create',
  unconfirmed: harmless,
  aliases: { organizationName: 'name' },
  input: z.object({ environmentId, ...newOrganizationFields }),
  output: z.object({ organization: organizationFields }),
  existing: ({ environmentId, externalId }, context) => organizationWith(externalId, environmentId, context),
  async run({ environmentId, ...organization }, { scalekit }) {
    return { organization: await createOrganization(scalekit, environmentId, organization) }
  },
})
