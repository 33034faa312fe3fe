import type { ToolContext } from '../../tool.js'

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
