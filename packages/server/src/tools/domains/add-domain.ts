import { domains } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool, type Taken } from '../../tool.js'
import { organizationTarget } from '../organization-target.js'
import { domainFields, domainTypes, toDomain } from './domain.js'
import { isPublicMail } from './public-mail.js'

/** RFC 1035 section 2.3.1, with at least two labels; a name in another script in its ASCII form (RFC 5890). */
const domainName = z
  .string()
  .min(4)
  .max(253)
  .regex(
    /^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/,
    'a domain like acme.example, in ASCII, without a scheme or a path',
  )
  .refine(
    (name) => !isPublicMail(name),
    'Give a domain of the organization itself: here everybody can have an address.',
  )
  .describe('Like acme.example.')

export default defineTool({
  name: 'add_domain',
  title: 'Add domain',
  description:
    'Give an organization a domain without proof of ownership, never a public mail domain. While the organization has an enabled connection, everybody with such an address signs in through it: that is how single sign-on is required.',
  toolset: 'domains',
  scopes: ['organization:write'],
  effect: 'create',
  input: z.object({
    environmentId,
    organizationId,
    domain: domainName,
    type: z
      .enum(domainTypes)
      .default('ORGANIZATION_DOMAIN')
      .describe(
        'ORGANIZATION_DOMAIN leads sign-in to the organization; ALLOWED_EMAIL_DOMAIN lets people join.',
      ),
  }),
  output: z.object({ domain: domainFields }),
  target: (args, context) => organizationTarget(args, context, { Domain: args.domain, Type: args.type }),
  async existing({ environmentId, organizationId, domain, type }, { scalekit }) {
    const own = await scalekit.domains(environmentId).listDomains({
      identities: { case: 'organizationId', value: organizationId },
      domainType: domains.DomainType[type],
      pageSize: 100,
    })
    const name = domain.toLowerCase()
    return own.domains.find((each) => each.domain === name)?.id ?? ofAnother(name)
  },
  async run({ environmentId, organizationId, domain, type }, { scalekit }) {
    const created = await scalekit.domains(environmentId).createDomain({
      identities: { case: 'organizationId', value: organizationId },
      domain: { domain: domain.toLowerCase(), domainType: domains.DomainType[type] },
    })
    if (!created.domain) throw new ToolError('internal', 'Scalekit did not return the domain.')
    return { domain: toDomain(created.domain) }
  },
})

/** The API lists domains by organization only. */
const ofAnother = (domain: string): Taken => ({
  message: `Another organization of this environment has the domain ${domain}.`,
  nextStep:
    'A domain belongs to one organization. Ask the user which one has it (list_domains shows those of an organization). To move it, remove it there with remove_domain, then call again.',
})
