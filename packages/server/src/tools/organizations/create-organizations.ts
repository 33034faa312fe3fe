import * as z from 'zod'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { each, itemError, MOST_ITEMS } from '../each.js'
import { requireDistinct } from '../require-distinct.js'
import { createOrganization, harmless, newOrganizationFields } from './new-organization.js'
import { organizationFields } from './organization.js'
import { throwTaken } from './organization-with.js'

export default defineTool({
  name: 'create_organizations',
  title: 'Create organizations',
  description:
    'Create up to 20 organizations in an environment. Each item of the result has the organization, or why it was not created; the others are not affected.',
  toolset: 'organizations',
  scopes: ['organization:write'],
  effect: 'create',
  unconfirmed: harmless,
  input: z.object({
    environmentId,
    organizations: z
      .array(z.strictObject(newOrganizationFields))
      .min(1)
      .max(MOST_ITEMS)
      .describe('The new organizations.'),
  }),
  output: z.object({
    items: z.array(
      z.object({ name: z.string(), organization: organizationFields.optional(), error: itemError }),
    ),
    created: z.number(),
  }),
  check({ organizations }) {
    const externalIds = organizations.map(({ externalId }) => externalId)
    requireDistinct('organizations (by externalId)', externalIds)
  },
  async run({ environmentId, organizations }, context) {
    const { scalekit, progress } = context
    const results = await each(
      organizations,
      progress,
      'Creating organizations',
      (item) =>
        createOrganization(scalekit, environmentId, item).then(
          (organization) => ({ organization }),
          (cause: unknown) => throwTaken(cause, item.externalId, environmentId, context),
        ),
      { already_exists: 'Choose another externalId. list_organizations shows those that are taken.' },
    )
    return {
      items: organizations.map(({ name }, index) => ({ name, ...results[index] })),
      created: results.filter((result) => 'organization' in result).length,
    }
  },
})
