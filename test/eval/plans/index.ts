import type { Plan, PlannedCall } from './plan.js'

const environmentId = 'Development'

function call(tool: string, args: PlannedCall['arguments'] = {}): PlannedCall {
  return { tool, arguments: args }
}

/** A call that waits for the person, and its result. */
function withPerson(index: number, tool: string, args: PlannedCall['arguments']): PlannedCall[] {
  return [call(tool, args), call('wait_for_hand_off', { handOffId: `$${index}.error.handOff.id` })]
}

/** Acme is only a part of its name. */
const findAcme = call('list_organizations', { environmentId, query: 'Acme' })
const acme = '$0.items.0.id'

const eachOf = (count: number) => Array.from({ length: count }, (_, index) => index)
const twoDigits = (index: number) => String(index + 1).padStart(2, '0')

/** The tasks, each in the fewest calls, by a client that declares nothing. */
export const plans: readonly Plan[] = [
  {
    task: 'count-organizations',
    calls: [call('list_organizations', { environmentId })],
    answer: ([listed]) => {
      const { items } = listed as { items: { displayName: string; externalId?: string }[] }
      const without = items.filter(({ externalId }) => !externalId).map(({ displayName }) => displayName)
      return `Development has ${items.length} organizations. Without an external id: ${without.join(', ')}.`
    },
  },
  {
    task: 'onboard-customer',
    calls: [
      call('create_organization', { environmentId, name: 'Northwind Traders', externalId: 'NW-77' }),
      call('create_organization_user', {
        environmentId,
        organizationId: '$0.organization.id',
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
      findAcme,
      call('list_organization_users', { environmentId, organizationId: acme }),
      call('create_environment_role', {
        environmentId,
        name: 'auditor',
        displayName: 'auditor',
        permissions: ['projects:read'],
      }),
      call('update_organization_user', {
        environmentId,
        organizationId: acme,
        userId: '$1.items[email=ben@acme.example].id',
        role: 'auditor',
      }),
    ],
    answer: () => 'Ben now has the role auditor, and no other.',
  },
  {
    task: 'set-up-okta-sso',
    calls: [
      call('create_organization_connection', {
        environmentId,
        organizationId: 'Globex',
        provider: 'OKTA',
        type: 'OIDC',
        issuer: 'https://globex.okta.example',
        clientId: '0oa7globexapp',
        clientSecret: 'okta-given-secret',
        enabled: true,
      }),
      // Globex has globex.example already; without it, add_domain.
      call('list_domains', { environmentId, organizationId: 'Globex' }),
    ],
    answer: ([created]) => {
      const { connection } = created as { connection: { oidc: { redirectUri: string } } }
      return `Single sign-on is on. Enter this redirect URI in Okta: ${connection.oidc.redirectUri}`
    },
  },
  {
    task: 'move-application',
    calls: [
      call('list_redirect_uris', { environmentId }),
      call('set_app_urls', {
        environmentId,
        addRedirectUris: ['https://app.globex.example/auth/callback'],
        removeRedirectUris: ['$0.items.0.redirectUris.0'],
        addPostLogoutRedirectUris: ['https://app.globex.example/bye'],
        removePostLogoutRedirectUris: ['$0.items.0.postLogoutRedirectUris.0'],
        initiateLoginUri: 'https://app.globex.example/login',
      }),
    ],
    answer: () => 'The app has its new URLs, and none on localhost.',
  },
  {
    task: 'register-mcp-server',
    calls: [
      call('create_environment_scope', { environmentId, name: 'todo:read' }),
      call('create_environment_scope', { environmentId, name: 'todo:write' }),
      call('register_mcp_server', {
        environmentId,
        name: 'Todo',
        url: 'https://mcp.globex.example/mcp',
        scopes: ['todo:read', 'todo:write'],
      }),
    ],
    answer: ([, , registered]) => {
      const { setup } = registered as {
        setup: Record<'metadataUrl' | 'metadata' | 'environmentVariables', string>
      }
      return `Serve ${setup.metadata} at ${setup.metadataUrl}, and set:\n${setup.environmentVariables}`
    },
  },
  {
    task: 'portal-link-for-scim',
    calls: withPerson(0, 'generate_admin_portal_link', {
      environmentId,
      organizationId: 'Globex',
      feature: 'dirSync',
    }),
    answer: () => 'You have the link.',
  },
  {
    task: 'resend-pending-invitations',
    calls: [
      call('list_invitations', { environmentId }),
      call('resend_invitation', {
        environmentId,
        invitations: eachOf(3).map((index) => ({
          organizationId: `$0.items.${index}.organizationId`,
          userId: `$0.items.${index}.userId`,
        })),
      }),
    ],
    answer: ([listed]) => {
      const { items } = listed as { items: { email: string }[] }
      return `Sent again to ${items.map(({ email }) => email).join(', ')}.`
    },
  },
  {
    task: 'delete-production-organization',
    calls: withPerson(0, 'delete_organization', { environmentId: 'Production', organizationId: 'Fabrikam' }),
    answer: () => 'Fabrikam is deleted.',
  },
  {
    task: 'dot-env-lines',
    calls: withPerson(0, 'rotate_client_secret', { environmentId }),
    answer: ([, waited]) => {
      const { result } = waited as { result: { environmentUrl: string; clientId: string } }
      return `You have the lines: ${result.environmentUrl}, ${result.clientId}, and the secret.`
    },
  },
  {
    task: 'rotate-client-secret',
    calls: withPerson(0, 'rotate_client_secret', { environmentId }),
    answer: () => 'You have the new secret. The previous one works until you disable it.',
  },
  {
    task: 'create-machine-client',
    calls: [
      findAcme,
      ...withPerson(1, 'create_organization_client', {
        environmentId,
        organizationId: acme,
        name: 'Nightly export',
        scopes: ['projects:read'],
      }),
    ],
    answer: ([, , waited]) => {
      const { result } = waited as { result: { client: { id: string }; tokenUrl: string } }
      return `${result.client.id} gets tokens from ${result.tokenUrl}. You have its secret.`
    },
  },
  {
    task: 'create-okta-directory',
    calls: [
      findAcme,
      ...withPerson(1, 'create_directory', { environmentId, organizationId: acme, provider: 'OKTA' }),
    ],
    answer: ([, , waited]) => {
      const { result } = waited as { result: { directory: { endpoint: string } } }
      return `Enter ${result.directory.endpoint} in Okta, with the token that you have.`
    },
  },
  {
    task: 'limit-sessions-and-require-sso',
    calls: [
      findAcme,
      call('update_session_policy', { environmentId, organizationId: acme, absoluteMinutes: 480 }),
      call('list_domains', { environmentId, organizationId: acme }),
      call('list_organization_connections', { environmentId, organizationId: acme }),
    ],
    answer: ([, , domains, connections]) => {
      const [{ domain } = { domain: '' }] = (domains as { items: { domain: string }[] }).items
      const [{ status } = { status: '' }] = (connections as { items: { status: string }[] }).items
      return `Sessions end after 8 hours. ${domain} leads to the connection of Acme, which is ${status}: complete it to require it.`
    },
  },
  {
    task: 'viewer-asks-for-a-change',
    calls: [call('create_organization', { environmentId, name: 'Tyrell' })],
    wrongTurns: 1,
    answer: ([refused]) => {
      const { message, nextStep } = (refused as { error: { message: string; nextStep: string } }).error
      return `${message} ${nextStep}`
    },
  },
  {
    task: 'many-organizations',
    calls: [
      call('create_organizations', {
        environmentId,
        organizations: eachOf(15).map((index) => ({
          name: `Tenant ${twoDigits(index)}`,
          externalId: `T-${twoDigits(index)}`,
        })),
      }),
      call('list_organizations', { environmentId, query: 'Tenant' }),
      call('delete_organizations', {
        environmentId,
        organizationIds: eachOf(15).map((index) => `$1.items.${index}.id`),
      }),
    ],
    answer: ([, listed]) => {
      const { items } = listed as { items: { displayName: string }[] }
      const names = items.map(({ displayName }) => displayName)
      return `Created and deleted ${names.length}: ${names.sort().join(', ')}.`
    },
  },
]
