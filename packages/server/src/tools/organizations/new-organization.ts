import { ToolError } from '../../errors.js'
import { text } from '../../input-fields.js'
import type { ToolContext } from '../../tool.js'
import { toOrganization } from './organization.js'

/** What a new organization is given. */
export const newOrganizationFields = {
  name: text(200).describe('Display name.'),
  externalId: text(255).optional().describe('Its id in your own system; unique in the environment.'),
}

/** Why nobody is asked before one is created. */
export const harmless = 'A new organization has no users and no connections, so nobody can sign in to it.'

export async function createOrganization(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  { name, externalId }: { readonly name: string; readonly externalId?: string | undefined },
) {
  const { organization } = await scalekit
    .organizations(environmentId)
    .createOrganization({ organization: { displayName: name, externalId } })
  if (!organization) throw new ToolError('internal', 'Scalekit did not return the organization.')
  return toOrganization(organization)
}
