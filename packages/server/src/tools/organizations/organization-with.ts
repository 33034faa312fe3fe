import { ToolError, toToolError } from '../../errors.js'
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

/**
 * Says of a create that was refused which organization has the external id, where that is the reason.
 *
 * @throws ToolError
 */
export async function throwTaken(
  cause: unknown,
  externalId: string | undefined,
  environmentId: string,
  context: ToolContext,
): Promise<never> {
  if (toToolError(cause).code !== 'already_exists') throw cause
  const [read] = await Promise.allSettled([organizationWith(externalId, environmentId, context)])
  const id = read.status === 'fulfilled' ? read.value : undefined
  if (id === undefined) throw cause
  const nextStep = `Read or change ${id}, or choose another externalId.`
  throw new ToolError('already_exists', `externalId is taken: ${id} has it.`, { nextStep, cause })
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
