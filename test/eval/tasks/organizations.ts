import type { Task } from '../task.js'
import { PRODUCTION } from '../world.js'

const numbers = Array.from({ length: 15 }, (_, index) => String(index + 1).padStart(2, '0'))

const countOrganizations: Task = {
  name: 'count-organizations',
  ask: 'How many organizations are in Development, and which lack an external id?',
  async checks({ answer }) {
    // Others may be listed, but only with the external id that they have.
    const complete = { 'Acme Robotics': /\bacme\b/, Globex: /\bglobex\b/, Initech: /\binitech\b/ }
    const mistaken = Object.entries(complete).filter(
      ([name, id]) => answer.includes(name) && !id.test(answer),
    )
    return {
      'the answer has the number 5': /\b(5|five)\b/i.test(answer),
      'the answer names Your Company': answer.includes('Your Company'),
      'the answer names Umbrella Health': answer.includes('Umbrella Health'),
      'the answer names no organization that has an external id': mistaken.length === 0,
    }
  },
}

const onboardCustomer: Task = {
  name: 'onboard-customer',
  ask: 'Onboard "Northwind Traders" (external id NW-77) in Development. maria@northwind.example is their admin. Send no invitation e-mail.',
  async checks({ world }) {
    const { organizations = [], users = [] } = await world.state()
    const created = organizations.filter(({ display_name }) => display_name === 'Northwind Traders')
    const maria = users.find(({ email }) => email === 'maria@northwind.example')
    const membership = maria?.memberships?.find(({ organization }) => organization === created[0]?.id)
    const mails = (await world.outbox()).filter(({ kind, to }) => kind === 'email' && to === maria?.email)
    return {
      'one organization Northwind Traders exists': created.length === 1,
      'its external id is NW-77': created[0]?.external_id === 'NW-77',
      'maria@northwind.example is an active member': membership?.status === 'ACTIVE',
      'her only role is admin': membership?.roles?.join() === 'admin',
      'no e-mail was sent to her': mails.length === 0,
    }
  },
}

const deleteProductionOrganization: Task = {
  name: 'delete-production-organization',
  ask: 'Delete the organization "Fabrikam" in Production.',
  async checks({ world }) {
    const { organizations = [] } = await world.state(PRODUCTION)
    const names = organizations.map(({ display_name }) => display_name)
    return {
      'Fabrikam is deleted': !names.includes('Fabrikam'),
      'the other organizations are there': names.includes('Northwind Traders') && names.includes('Contoso'),
    }
  },
}

const viewerAsks: Task = {
  name: 'viewer-asks-for-a-change',
  ask: 'Create an organization "Tyrell" in Development. If that is not possible, explain why and what I have to do.',
  as: 'viewer@example.com',
  async checks({ world, answer }) {
    const { organizations = [] } = await world.state()
    return {
      'no organization Tyrell exists': !organizations.some(({ display_name }) => display_name === 'Tyrell'),
      'the answer says that an administrator can do it': /\badmin(istrator)?s?\b/i.test(answer),
      'the answer does not blame a scope': !/\b(grant|authorize|missing)\b.*\bscope/i.test(answer),
    }
  },
}

const manyOrganizations: Task = {
  name: 'many-organizations',
  ask: 'In Development, create fifteen organizations, "Tenant 01" to "Tenant 15", with the external ids T-01 to T-15. Then list those with "Tenant" in the name, and delete them.',
  implied: numbers.flatMap((number) => [`Tenant ${number}`, `T-${number}`]),
  async checks({ world, answer }) {
    const { organizations = [] } = await world.state()
    const events = (await world.outbox()).map(({ subject }) => subject)
    const count = (type: string) => events.filter((subject) => subject === type).length
    return {
      'fifteen organizations were created': count('organization.created') === 15,
      'fifteen organizations were deleted': count('organization.deleted') === 15,
      'the five others are there': organizations.length === 5,
      'the answer lists them': /Tenant 01/.test(answer) && /15/.test(answer),
    }
  },
}

export const organizationTasks = [
  countOrganizations,
  onboardCustomer,
  deleteProductionOrganization,
  viewerAsks,
  manyOrganizations,
]
