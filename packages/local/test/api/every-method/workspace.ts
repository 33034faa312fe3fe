import { EnvironmentService, MembersService } from '@scalekit-mcp/api'
import { DEV, type Local } from '../local.js'
import type { Wire } from './wire.js'

/** What belongs to the workspace and to no environment of it. */
export async function workspace(wire: Wire, local: Local): Promise<void> {
  const environments = wire.client(EnvironmentService)
  await environments.getEnvironment({ id: DEV })
  await environments.listEnvironment({})

  const api = wire.client(MembersService)
  const { member } = await api.createMember({ member: { email: 'new@example.com' } })
  const id = member?.id ?? ''
  await api.listMembers({})
  await api.getMember({ id })
  await api.updateMember({ id, member: { firstName: 'New' } })
  await api.deleteMember({ id })
  // A client is no member, so these two are asked over REST by one who is; the wire notes them all the same.
  const token = await local.admin()
  for (const [name, method, body] of [
    ['GetCurrentMember', 'GET', undefined],
    ['UpdateCurrentMember', 'PATCH', { first_name: 'Adele' }],
  ] as const) {
    const { status } = await local.rest(method, '/api/v1/members:this', { token, body })
    if (status === 200) wire.answered.add(`${MembersService.typeName}.${name}`)
  }
}
