import { members } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { email, text } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { memberFields, toMember } from './member.js'

export default defineTool({
  name: 'invite_workspace_member',
  title: 'Invite workspace member',
  description:
    'Invite a person to administer this workspace: USER reads, ADMIN changes everything. For users of a customer use create_organization_user.',
  toolset: 'workspace',
  scopes: ['workspace:write'],
  effect: 'create',
  input: z.object({
    email,
    role: z
      .enum(['ADMIN', 'USER'])
      .default('USER')
      .describe('What the member may do. Ask the user; ADMIN is never assumed.'),
    firstName: text(200).optional().describe('First name.'),
    lastName: text(200).optional().describe('Last name.'),
  }),
  output: z.object({ member: memberFields }),
  async target({ email, role }) {
    return { name: email, changes: { Role: role } }
  },
  async existing({ email }, { scalekit }) {
    const { members } = await scalekit.members().listMembers({ pageSize: 100 })
    return members.find((each) => each.email.toLowerCase() === email.toLowerCase())?.id
  },
  async run({ role, ...person }, { scalekit }) {
    const { member } = await scalekit.members().createMember({
      member: { ...person, role: members.MemberRole[role] },
    })
    if (!member) throw new ToolError('internal', 'Scalekit did not return the member.')
    return { member: toMember(member) }
  },
})
