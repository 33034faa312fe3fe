import type { Plan, PlannedCall } from './plan.js'

const listEnvironments = call('list_environments')
const environmentId = '$0.items[displayName=Development].id'
const production = '$0.items[displayName=Production].id'

const listOrganizations = call('list_organizations', { environmentId })
const organizationNamed = (name: string) => `$1.items[displayName=${name}].id`

function call(tool: string, args: PlannedCall['arguments'] = {}): PlannedCall {
  return { tool, arguments: args }
}

/** The tasks that the tools of today can do, each in the fewest calls. */
export const plans: readonly Plan[] = [
  {
    task: 'count-organizations',
    calls: [listEnvironments, listOrganizations],
    answer: ([, listed]) => {
      const { items } = listed as { items: { displayName: string; externalId?: string }[] }
      const without = items.filter(({ externalId }) => !externalId).map(({ displayName }) => displayName)
      return `Development has ${items.length} organizations. Without an external id: ${without.join(', ')}.`
    },
  },
  {
    task: 'onboard-customer',
    calls: [
      listEnvironments,
      call('create_organization', { environmentId, name: 'Northwind Traders', externalId: 'NW-77' }),
      call('create_organization_user', {
        environmentId,
        organizationId: '$1.organization.id',
        email: 'maria@northwind.example',
        role: 'admin',
        sendInvitation: false,
      }),
    ],
    answer: () => 'Northwind Traders exists, and maria@northwind.example is its admin.',
  },
  {
    task: 'create-auditor-role',
    calls: [
      listEnvironments,
      listOrganizations,
      call('list_organization_users', { environmentId, organizationId: organizationNamed('Acme Robotics') }),
      call('create_environment_role', {
        environmentId,
        name: 'auditor',
        displayName: 'auditor',
        permissions: ['projects:read'],
      }),
      call('update_organization_user', {
        environmentId,
        organizationId: organizationNamed('Acme Robotics'),
        userId: '$2.items[email=ben@acme.example].id',
        role: 'auditor',
      }),
    ],
    answer: () => 'Ben now has the role auditor, and no other.',
  },
  {
    task: 'move-application',
    calls: [
      listEnvironments,
      call('list_redirect_uris', { environmentId }),
      call('add_redirect_uri', { environmentId, uri: 'https://app.globex.example/auth/callback' }),
      call('remove_redirect_uri', { environmentId, uri: '$1.items.0.redirectUris.0' }),
      call('add_post_logout_redirect_uri', { environmentId, uri: 'https://app.globex.example/bye' }),
      call('remove_post_logout_redirect_uri', { environmentId, uri: '$1.items.0.postLogoutRedirectUris.0' }),
      call('set_initiate_login_uri', { environmentId, uri: 'https://app.globex.example/login' }),
    ],
    answer: () => 'The app has its new URLs, and none on localhost.',
  },
  {
    task: 'register-mcp-server',
    calls: [
      listEnvironments,
      call('create_environment_scope', { environmentId, name: 'todo:read' }),
      call('create_environment_scope', { environmentId, name: 'todo:write' }),
      call('register_mcp_server', {
        environmentId,
        name: 'Todo',
        url: 'https://mcp.globex.example/mcp',
        scopes: ['todo:read', 'todo:write'],
      }),
    ],
    answer: ([, , , registered]) => {
      const { setup } = registered as {
        setup: Record<'metadataUrl' | 'metadata' | 'environmentVariables', string>
      }
      return `Serve ${setup.metadata} at ${setup.metadataUrl}, and set:\n${setup.environmentVariables}`
    },
  },
  {
    task: 'portal-link-for-scim',
    calls: [
      listEnvironments,
      listOrganizations,
      call('generate_admin_portal_link', {
        environmentId,
        organizationId: organizationNamed('Globex'),
        feature: 'dirSync',
      }),
    ],
    answer: () => 'You have the link.',
  },
  {
    task: 'resend-pending-invitations',
    calls: [
      listEnvironments,
      listOrganizations,
      ...['Acme Robotics', 'Globex', 'Umbrella Health', 'Initech', 'Your Company'].map((name) =>
        call('list_organization_users', { environmentId, organizationId: organizationNamed(name) }),
      ),
      ...['Acme Robotics', 'Globex', 'Umbrella Health'].map((name, index) =>
        call('resend_invitation', {
          environmentId,
          organizationId: organizationNamed(name),
          userId: `$${index + 2}.items[status=PENDING_INVITE].id`,
        }),
      ),
    ],
    answer: (results) => {
      const users = results
        .slice(2, 7)
        .flatMap((each) => (each as { items: { email: string; status: string }[] }).items)
      const pending = users.filter(({ status }) => status === 'PENDING_INVITE')
      return `Sent again to ${pending.map(({ email }) => email).join(', ')}.`
    },
  },
  {
    task: 'delete-production-organization',
    calls: [
      listEnvironments,
      call('list_organizations', { environmentId: production }),
      call('delete_organization', {
        environmentId: production,
        organizationId: organizationNamed('Fabrikam'),
      }),
    ],
    answer: () => 'Fabrikam is deleted.',
  },
  {
    task: 'viewer-asks-for-a-change',
    calls: [listEnvironments, call('create_organization', { environmentId, name: 'Tyrell' })],
    wrongTurns: 1,
    answer: ([, refused]) => {
      const { message, nextStep } = (refused as { error: { message: string; nextStep: string } }).error
      return `${message} ${nextStep}`
    },
  },
  {
    task: 'many-organizations',
    calls: [
      listEnvironments,
      ...tenants((number) =>
        call('create_organization', { environmentId, name: `Tenant ${number}`, externalId: `T-${number}` }),
      ),
      listOrganizations,
      ...tenants((number) =>
        call('delete_organization', {
          environmentId,
          organizationId: `$16.items[displayName=Tenant ${number}].id`,
        }),
      ),
    ],
    answer: (results) => {
      const { items } = results[16] as { items: { displayName: string }[] }
      const names = items.map(({ displayName }) => displayName).filter((name) => name.includes('Tenant'))
      return `Created and deleted ${names.length}: ${names.sort().join(', ')}.`
    },
  },
]

function tenants(toCall: (number: string) => PlannedCall): PlannedCall[] {
  return Array.from({ length: 15 }, (_, index) => toCall(String(index + 1).padStart(2, '0')))
}
