import { members } from '@scalekit-mcp/api'
import type { ToolContext } from '../../tool.js'

/** The person who is signed in. */
export interface Person {
  readonly email: string
  readonly name: string | undefined
  /** Of the workspace, or in the organization that administers the environment. */
  readonly roles: string[]
}

/** So that an API that does not answer leaves time for the rest. */
const options = { timeoutMs: 5_000 }

type Reader = Pick<ToolContext, 'scalekit' | 'caller' | 'connection'>

/** Reads who is signed in. Undefined for a client without a person. */
export async function readPerson(context: Reader): Promise<Person | undefined> {
  const { subject, clientId } = context.caller
  // RFC 9068 section 2.2: without a person the subject is the client.
  if (subject === clientId) return undefined
  const { mode } = context.connection()
  return mode === 'workspace' ? readMember(context) : readUser(context)
}

async function readMember({ scalekit }: Reader): Promise<Person | undefined> {
  const { member } = await scalekit.members().getCurrentMember({}, options)
  if (!member) return undefined
  const name = [member.firstName, member.lastName].filter(Boolean).join(' ')
  return {
    email: member.email,
    name: name || undefined,
    roles: [members.MemberRole[member.role] ?? 'UNKNOWN'],
  }
}

async function readUser({ scalekit, caller, connection }: Reader): Promise<Person | undefined> {
  const { subject, organizationId } = caller
  if (!subject.startsWith('usr_')) return undefined
  const { user } = await scalekit
    .users(connection().environmentId ?? '')
    .getUser({ identities: { case: 'id', value: subject } }, options)
  if (user?.id !== subject) return undefined
  const membership = user.memberships.find((each) => each.organizationId === organizationId)
  return {
    email: user.email,
    name: user.userProfile?.name || undefined,
    roles: (membership?.roles ?? []).map((role) => role.name),
  }
}
