import type { OfferedTool } from '../models/model.js'

/** Something that the tools cannot do yet. */
export interface Awaited {
  readonly what: string
  /** Tasks that no plan can do without it. */
  readonly tasks: readonly string[]
  exists(tools: readonly OfferedTool[]): boolean
}

const hasTool = (name: RegExp) => (tools: readonly OfferedTool[]) =>
  tools.some((tool) => name.test(tool.name))

const hasArgument = (tool: RegExp, argument: RegExp) => (tools: readonly OfferedTool[]) =>
  tools.some(
    ({ name, inputSchema }) =>
      tool.test(name) && Object.keys(propertiesOf(inputSchema)).some((each) => argument.test(each)),
  )

type Properties = Readonly<Record<string, { readonly pattern?: string }>>
const propertiesOf = (schema: OfferedTool['inputSchema']) => (schema.properties ?? {}) as Properties

/** When one of these exists, write or shorten the plans that it allows, and remove it here. */
export const awaited: readonly Awaited[] = [
  {
    what: 'settings of the connection of an organization',
    tasks: ['set-up-okta-sso'],
    exists: hasArgument(/_organization_connection$/, /^(issuer|clientId|oidc|settings)$/),
  },
  {
    what: 'a new client secret, for a person only',
    tasks: ['dot-env-lines', 'rotate-client-secret', 'create-machine-client'],
    exists: hasTool(/^(create|add|rotate)_client_secret$/),
  },
  {
    what: 'a new directory with its token',
    tasks: ['create-okta-directory'],
    exists: hasTool(/^create_directory$/),
  },
  {
    what: 'the session policy of an organization',
    tasks: ['limit-sessions-and-require-sso'],
    exists: (tools) =>
      hasTool(/session_policy$/)(tools) || hasArgument(/^update_organization/, /^session/)(tools),
  },
  { what: 'all URLs of an application in one call', tasks: [], exists: hasTool(/^set_app_urls$/) },
  { what: 'users of all organizations in one list', tasks: [], exists: hasTool(/^(list|search)_users$/) },
  {
    what: 'several invitations in one call',
    tasks: [],
    exists: hasArgument(/^resend_invitations?$/, /^(userIds|users|invitations)$/),
  },
  {
    what: 'several organizations in one call',
    tasks: [],
    exists: hasTool(/^(create|delete)_organizations$/),
  },
  {
    what: 'names in place of ids',
    tasks: [],
    exists: (tools) => {
      const list = tools.find(({ name }) => name === 'list_organizations')
      return !propertiesOf(list?.inputSchema ?? {}).environmentId?.pattern?.startsWith('^env_')
    },
  },
]
