import type { Task } from '../task.js'

const ACME = 'org_100000000000000001'
const invited = { [ACME]: 'ivy@acme.example', org_100000000000000002: 'gus@globex.example' }

const createAuditorRole: Task = {
  name: 'create-auditor-role',
  ask: 'In Development, create a role "auditor" that can only read projects (projects:read), and give it to Ben at Acme instead of his present role.',
  async checks({ world }) {
    const { roles = [], users = [] } = await world.state()
    const auditor = roles.find(({ name }) => name === 'auditor')
    const ben = users.find(({ email }) => email === 'ben@acme.example')
    return {
      'the role auditor exists': auditor !== undefined,
      'it can only read projects': auditor?.permissions?.join() === 'projects:read' && !auditor.extends,
      'it is no default role': !auditor?.default_member && !auditor?.default_creator,
      'it is the only role of Ben': ben?.memberships?.[0]?.roles?.join() === 'auditor',
    }
  },
}

const resendInvitations: Task = {
  name: 'resend-pending-invitations',
  ask: 'Which users in Development have pending invitations, in all organizations? Resend them.',
  async prepare(world) {
    for (const [organization, email] of Object.entries(invited)) {
      await world.api('POST', `organizations/${organization}/users`, { email })
    }
  },
  async checks({ world, answer }) {
    const { users = [] } = await world.state()
    const mails = (await world.outbox()).filter(({ kind }) => kind === 'email').map(({ to }) => to)
    const sentTo = (email: string) => mails.filter((to) => to === email).length
    const pending = users.filter(({ memberships = [] }) =>
      memberships.some(({ status }) => status === 'PENDING_INVITE'),
    )
    return {
      'three invitations are pending': pending.length === 3,
      'the answer names the three users': pending.every(({ email }) => answer.includes(email)),
      // Those of the preparation had one before.
      'each of them has one more e-mail': pending.every(
        ({ email }) => sentTo(email) === (Object.values(invited).includes(email) ? 2 : 1),
      ),
    }
  },
}

const limitSessions: Task = {
  name: 'limit-sessions-and-require-sso',
  ask: 'In Development, limit sessions at Acme to 8 hours, and require SSO for everybody with an acme.example address.',
  async checks({ world, answer }) {
    const { policy } = (await world.api('GET', `organizations/${ACME}/session-policy`)) as { policy?: Policy }
    const { domains = [] } = await world.state()
    return {
      'Acme has a session policy of its own': policy?.policy_source === 'CUSTOM',
      'its sessions last 8 hours': Number(policy?.absolute_session_timeout) === 8 * 60,
      'acme.example is a domain of Acme': domains.some(
        ({ domain, organization }) => domain === 'acme.example' && organization === ACME,
      ),
      // Its connection is a draft without settings, which only the customer or the administrator has.
      'the answer says what the connection lacks':
        /draft|incomplete|not (yet )?(complete|enabled|configured|set up)/i.test(answer),
    }
  },
}

interface Policy {
  readonly policy_source: string
  readonly absolute_session_timeout: unknown
}

export const userTasks = [createAuditorRole, resendInvitations, limitSessions]
