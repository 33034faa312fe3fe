import { members } from '@scalekit-mcp/api'
import * as z from 'zod'
import { time, toTime } from '../times.js'

/** A member of the workspace, as results give it. */
export const memberFields = z.object({
  id: z.string(),
  email: z.string(),
  role: z.string().describe('ADMIN or USER.'),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  createdAt: time,
})

export function toMember(member: members.Member): z.output<typeof memberFields> {
  return {
    id: member.id,
    email: member.email,
    role: members.MemberRole[member.role] ?? 'UNKNOWN',
    firstName: member.firstName || undefined,
    lastName: member.lastName || undefined,
    createdAt: toTime(member.createTime),
  }
}
