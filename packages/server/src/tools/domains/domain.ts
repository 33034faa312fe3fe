import { domains } from '@scalekit-mcp/api'
import * as z from 'zod'
import { time, toTime } from '../times.js'

export const domainTypes = ['ORGANIZATION_DOMAIN', 'ALLOWED_EMAIL_DOMAIN'] as const

/** A domain of an organization, as results give it. */
export const domainFields = z.object({
  id: z.string(),
  domain: z.string(),
  type: z
    .string()
    .describe(
      'ORGANIZATION_DOMAIN leads sign-in to the organization; ALLOWED_EMAIL_DOMAIN lets people join it.',
    ),
  status: z.string().describe('PENDING, VERIFIED, FAILED or AUTO_VERIFIED.'),
  dnsRecord: z
    .object({ name: z.string(), value: z.string() })
    .optional()
    .describe('The TXT record that proves the domain, to publish while it is not verified.'),
  createdAt: time,
})

const { PENDING, FAILED } = domains.VerificationStatus

export function toDomain(domain: domains.Domain): z.output<typeof domainFields> {
  const open = domain.verificationStatus === PENDING || domain.verificationStatus === FAILED
  return {
    id: domain.id,
    domain: domain.domain,
    type: domains.DomainType[domain.domainType] ?? 'UNKNOWN',
    status: domains.VerificationStatus[domain.verificationStatus] ?? 'UNKNOWN',
    dnsRecord:
      open && domain.txtRecordKey ? { name: domain.txtRecordKey, value: domain.txtRecordSecret } : undefined,
    createdAt: toTime(domain.createTime),
  }
}
