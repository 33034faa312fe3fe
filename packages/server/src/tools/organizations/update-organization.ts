import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, metadata, organizationId, text, toMetadata } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { isAlready } from '../is-already.js'
import { readOrganization } from '../organization-target.js'
import { requireChange } from '../require-change.js'
import { organizationFields, toOrganization } from './organization.js'
import { organizationWith, slugTaken } from './organization-with.js'

/** Arguments by the names of the API: what is named is changed. */
const fields = {
  name: 'display_name',
  externalId: 'external_id',
  slug: 'slug',
  metadata: 'metadata',
} as const
const names = Object.keys(fields) as (keyof typeof fields)[]

export default defineTool({
  name: 'update_organization',
  title: 'Update organization',
  description:
    'Change the name, external id, slug or metadata of an organization. What is left out stays; metadata is replaced as a whole.',
  toolset: 'organizations',
  scopes: ['organization:write'],
  effect: 'update',
  aliases: { organizationName: 'name' },
  input: z.object({
    environmentId,
    organizationId,
    name: text(200).optional().describe('Display name.'),
    externalId: text(255).optional().describe('Its id in your own system; unique in the environment.'),
    slug: z
      .string()
      .max(253)
      .regex(
        /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
        'lower-case letters, digits and -, in parts with . between them',
      )
      .optional()
      .describe('Short name for URLs, like acme.'),
    metadata: metadata(10).optional().describe('An empty list removes all.'),
  }),
  output: z.object({ organization: organizationFields }),
  check: (args) => requireChange(args, names),
  async target({ environmentId, organizationId, name, externalId, slug, metadata }, { scalekit }) {
    const organization = await readOrganization(scalekit, { environmentId, organizationId })
    const { id, displayName } = organization
    const present = { ...organization, name: displayName, metadata: Object.entries(organization.metadata) }
    const wanted = { name, externalId, slug, metadata: metadata && Object.entries(toMetadata(metadata)) }
    return {
      id,
      name: displayName,
      changes: {
        Name: name,
        'External ID': externalId,
        Slug: slug,
        'Metadata, in place of all': metadata?.map(({ key, value }) => `${key}=${JSON.stringify(value)}`),
      },
      already: isAlready(present, wanted) ? { organization: toOrganization(organization) } : undefined,
    }
  },
  async existing({ environmentId, organizationId, externalId, slug }, context) {
    const id = await organizationWith(externalId, environmentId, context)
    if (id !== undefined && id !== organizationId) return id
    if (slug === undefined) return undefined
    const taken = await slugTaken(slug, environmentId, context)
    return taken.id === organizationId ? undefined : taken
  },
  async run({ environmentId, organizationId, ...changes }, { scalekit }) {
    const { organization } = await scalekit.organizations(environmentId).updateOrganization({
      identities: { case: 'id', value: organizationId },
      organization: {
        displayName: changes.name,
        externalId: changes.externalId,
        slug: changes.slug,
        metadata: toMetadata(changes.metadata),
      },
      updateMask: {
        paths: names.filter((name) => changes[name] !== undefined).map((name) => fields[name]),
      },
    })
    if (!organization) throw new ToolError('internal', 'Scalekit did not return the organization.')
    return { organization: toOrganization(organization) }
  },
})
