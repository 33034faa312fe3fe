import { domains } from '@scalekit-mcp/api'
import * as z from 'zod'
import { environmentId, nextPageToken, organizationId, pageSize, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { domainFields, domainTypes, toDomain } from './domain.js'
import { nextDomainPage, readDomainPage } from './domain-page.js'

export default defineTool({
  name: 'list_domains',
  title: 'List domains',
  description:
    'List the domains of an organization, for sign-in and for joining, with what is still to be verified.',
  toolset: 'domains',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    organizationId,
    type: z.enum(domainTypes).optional().describe('Only this type.'),
    pageSize,
    pageToken,
  }),
  output: z.object({ items: z.array(domainFields), nextPageToken }),
  async run({ environmentId, organizationId, type, pageSize, pageToken }, { scalekit }) {
    const page = readDomainPage(pageSize, pageToken)
    const answer = await scalekit.domains(environmentId).listDomains({
      identities: { case: 'organizationId', value: organizationId },
      ...(type && { domainType: domains.DomainType[type] }),
      ...page,
    })
    const given = { ...page, pageSize: answer.pageSize || page.pageSize }
    return {
      items: answer.domains.map(toDomain),
      nextPageToken: nextDomainPage(given, answer.domains.length),
    }
  },
})
