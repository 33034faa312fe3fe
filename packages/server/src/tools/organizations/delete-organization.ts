import * as z from 'zod'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationTarget } from '../organization-target.js'
import { keepAdministrators } from '../own-access.js'
import { contentsChanges, contentsFields, readContents } from './organization-contents.js'

export default defineTool({
  name: 'delete_organization',
  title: 'Delete organization',
  description:
    'Delete an organization with its connections, directories and memberships. Users without another organization are deleted too; the result says how many.',
  toolset: 'organizations',
  scopes: ['organization:write'],
  effect: 'delete',
  input: z.object({ environmentId, organizationId }),
  output: z.object({ deleted: z.boolean(), contents: contentsFields }),
  check: ({ organizationId }, facts) => keepAdministrators([organizationId], facts),
  async target(args, context) {
    const target = await organizationTarget(args, context)
    return { ...target, changes: contentsChanges(await readContents(context.scalekit, args)) }
  },
  async run({ environmentId, organizationId }, { scalekit }) {
    const contents = await readContents(scalekit, { environmentId, organizationId })
    await scalekit
      .organizations(environmentId)
      .deleteOrganization({ identities: { case: 'id', value: organizationId } })
    return { deleted: true, contents }
  },
})
