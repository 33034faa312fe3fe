import { commons, environments } from '@scalekit-mcp/api'
import * as z from 'zod'
import { time, toTime } from '../times.js'

/** An environment, as results give it. */
export const environmentFields = z.object({
  id: z.string(),
  displayName: z.string(),
  type: z.string().describe('DEV or PRD.'),
  domain: z.string(),
  region: z.string().optional(),
  customDomain: z.string().optional(),
  customDomainStatus: z.string().optional(),
  createdAt: time,
  updatedAt: time,
})

export function toEnvironment(environment: environments.Environment): z.output<typeof environmentFields> {
  return {
    id: environment.id,
    displayName: environment.displayName,
    type: commons.EnvironmentType[environment.type] ?? 'UNKNOWN',
    domain: environment.domain,
    region: environment.regionCode ? commons.RegionCode[environment.regionCode] : undefined,
    customDomain: environment.customDomain || undefined,
    customDomainStatus: environment.customDomain
      ? environments.CustomDomainStatus[environment.customDomainStatus]
      : undefined,
    createdAt: toTime(environment.createTime),
    updatedAt: toTime(environment.updateTime),
  }
}
