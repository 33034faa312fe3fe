import { commons, type organizations } from '@scalekit-mcp/api'
import * as z from 'zod'
import { time, toTime } from '../times.js'

/** An organization (a customer), as results give it. */
export const organizationFields = z.object({
  id: z.string(),
  displayName: z.string(),
  externalId: z.string().optional().describe("The organization's id in your own system."),
  slug: z.string().optional(),
  region: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  features: z.record(z.string(), z.boolean()).optional().describe('Which features are enabled, like sso.'),
  createdAt: time,
  updatedAt: time,
})

export function toOrganization(
  organization: organizations.Organization,
): z.output<typeof organizationFields> {
  const features = organization.settings?.features ?? []
  return {
    id: organization.id,
    displayName: organization.displayName,
    externalId: organization.externalId || undefined,
    slug: organization.slug || undefined,
    region: organization.regionCode ? commons.RegionCode[organization.regionCode] : undefined,
    metadata: Object.keys(organization.metadata).length > 0 ? organization.metadata : undefined,
    features:
      features.length > 0
        ? Object.fromEntries(features.map(({ name, enabled }) => [name, enabled]))
        : undefined,
    createdAt: toTime(organization.createTime),
    updatedAt: toTime(organization.updateTime),
  }
}
