import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { commons, type organizations } from '@scalekit-mcp/api'
import { organizationData } from '../../domain/organizations/organization-data.js'
import type { OrganizationRow } from '../../storage/schema.js'

export function toOrganization(
  row: OrganizationRow,
): MessageInitShape<typeof organizations.OrganizationSchema> {
  const data = organizationData(row)
  return {
    id: row.id,
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
    displayName: row.display_name,
    regionCode: commons.RegionCode[data.region_code],
    metadata: data.metadata,
    settings: { features: data.features },
    ...(row.external_id !== null && { externalId: row.external_id }),
    ...(row.slug !== null && { slug: row.slug }),
    ...(data.logo_url !== undefined && { logoUrl: data.logo_url }),
  }
}
