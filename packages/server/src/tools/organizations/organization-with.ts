import type { Taken, ToolContext } from '../../tool.js'

/** The id of the organization that has an external id. */
export async function organizationWith(
  externalId: string | undefined,
  environmentId: string,
  { scalekit }: ToolContext,
): Promise<string | undefined> {
  if (externalId === undefined) return undefined
  const page = await scalekit.organizations(environmentId).listOrganization({ externalId, pageSize: 1 })
  return page.organizations.find((each) => each.externalId === externalId)?.id
}

/** The organization that has a slug. The search of the API needs three characters. */
export async function slugTaken(
  slug: string,
  environmentId: string,
  { scalekit }: ToolContext,
): Promise<Taken> {
  const nextStep = 'Choose another slug. list_organizations shows those that are taken.'
  const page =
    slug.length < 3
      ? undefined
      : await scalekit
          .organizations(environmentId)
          .searchOrganization({ query: slug.slice(0, 100), pageSize: 30 })
  const id = page?.organizations.find((each) => each.slug === slug)?.id
  if (id === undefined) return { message: `Another organization has the slug ${slug}.`, nextStep }
  return { id, message: `The organization ${id} has the slug ${slug}.`, nextStep }
}
