import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { domains } from '@scalekit-mcp/api'
import { domainData } from '../../domain/domains/domain-data.js'
import type { DomainRow } from '../../storage/registry-schema.js'

export function toDomain(row: DomainRow): MessageInitShape<typeof domains.DomainSchema> {
  const data = domainData(row)
  return {
    id: row.id,
    domain: row.domain,
    environmentId: row.environment_id,
    organizationId: row.organization_id,
    txtRecordKey: data.txt_record_key,
    txtRecordSecret: data.txt_record_secret,
    verificationStatus: domains.VerificationStatus[row.status],
    verificationMethod: domains.VerificationMethod[data.verification_method],
    domainType: domains.DomainType[row.type],
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
  }
}
