import { z } from 'zod'
import { connectorShape } from '../domain/agent-tools/connector.js'
import { ToolDefinition } from '../domain/agent-tools/tool-definition.js'

const id = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}_[0-9]{1,18}$`), `must be ${prefix}_ and up to 18 digits`)
const data = z.record(z.string(), z.unknown()).default({})
const times = { created_at: z.iso.datetime().optional(), updated_at: z.iso.datetime().optional() }
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const secrets = z
  .array(
    z.strictObject({
      id: id('sec'),
      sha256,
      suffix: z.string().default(''),
      status: z.enum(['ACTIVE', 'INACTIVE']).default('ACTIVE'),
      created_at: z.number().default(0),
    }),
  )
  .default([])

const Scope = z.strictObject({
  id: id('scp'),
  name: z.string().regex(/^[a-zA-Z0-9:]{1,64}$/),
  description: z.string().default(''),
  enabled: z.boolean().default(true),
  ...times,
})

const M2mClient = z
  .strictObject({
    id: id('(?:m2morg|m2m)'),
    organization: id('org').optional(),
    mcp_server: id('res').optional(),
    secrets,
    data,
    ...times,
  })
  .describe('A machine’s client, of an organization or of an MCP server. Only the SHA-256 of a secret.')

const Connection = z
  .strictObject({
    id: id('conn'),
    organization: id('org').optional().describe('Left out for a connection of the environment.'),
    type: z.string().min(1),
    provider: z.string().default('CONNECTION_PROVIDER_UNSPECIFIED'),
    key_id: z.string().min(1).describe('Its name; connected accounts call it the connector.'),
    status: z.enum(['DRAFT', 'IN_PROGRESS', 'COMPLETED']).default('DRAFT'),
    enabled: z.boolean().default(false),
    data,
    ...times,
  })
  .describe('A way to sign in. Settings: data.settings_case and data.settings, as the JSON of the API.')

const Domain = z.strictObject({
  id: id('dom'),
  organization: id('org'),
  connection: id('conn').optional(),
  domain: z.string().min(4).max(253),
  type: z.enum(['ALLOWED_EMAIL_DOMAIN', 'ORGANIZATION_DOMAIN']).default('ORGANIZATION_DOMAIN'),
  status: z.enum(['PENDING', 'VERIFIED', 'FAILED', 'AUTO_VERIFIED']).default('AUTO_VERIFIED'),
  data,
  ...times,
})

const Directory = z.strictObject({
  id: id('dir'),
  organization: id('org'),
  type: z.enum(['SCIM', 'LDAP', 'POLL']).default('SCIM'),
  provider: z.string().default('DIRECTORY_PROVIDER_UNSPECIFIED'),
  name: z.string().min(1),
  enabled: z.boolean().default(false),
  secrets,
  data,
  ...times,
})

const directoryEntry = (prefix: string) =>
  z.strictObject({
    id: id(prefix),
    directory: id('dir'),
    external_id: z.string().min(1),
    data,
    ...times,
  })

const ConnectedAccount = z.strictObject({
  id: id('ca'),
  connection: id('conn'),
  identifier: z.string().min(1),
  organization: id('org').optional(),
  user: id('usr').optional(),
  status: z
    .enum(['ACTIVE', 'EXPIRED', 'PENDING_AUTH', 'PENDING_VERIFICATION', 'DISCONNECTED'])
    .default('PENDING_AUTH'),
  data,
  ...times,
})

const ApiToken = z.strictObject({
  id: id('apit'),
  organization: id('org'),
  user: id('usr').optional(),
  sha256,
  expires_at: z.iso.datetime().optional(),
  data,
  ...times,
})

const Passkey = z.strictObject({ id: z.string().min(1), user: id('usr'), data, ...times })

const McpConfig = z.strictObject({ id: id('cfg'), name: z.string().min(1), data, ...times })

const CustomProvider = z.strictObject({ id: id('prv'), identifier: z.string().min(1), data, ...times })

const Connector = z
  .strictObject({ id: id('prv'), ...connectorShape, ...times })
  .describe('A provider with its tools: one of your own, or changes to one of the catalogue, tool by tool.')

const ToolVersion = z
  .strictObject({
    id: id('tol'),
    provider: z.string().min(1),
    name: z.string().min(1),
    schema_version: z.string().min(1),
    tool_version: z.string().min(1),
    is_default: z.boolean(),
    definition: ToolDefinition,
    metadata: z.record(z.string(), z.json()).default({}),
    tags: z.array(z.string()).default([]),
    ...times,
  })
  .describe('A version of a tool that was created with the API. To write a tool by hand, use connectors.')

/** What an environment has beside people, organizations and roles, by the names of its lists in a seed. */
export const registryShape = {
  scopes: z.array(Scope).default([]),
  m2m_clients: z.array(M2mClient).default([]),
  connections: z.array(Connection).default([]),
  domains: z.array(Domain).default([]),
  directories: z.array(Directory).default([]),
  directory_groups: z.array(directoryEntry('dirgroup')).default([]),
  directory_users: z.array(directoryEntry('diruser')).default([]),
  connected_accounts: z.array(ConnectedAccount).default([]),
  api_tokens: z.array(ApiToken).default([]),
  passkeys: z.array(Passkey).default([]),
  mcp_configs: z.array(McpConfig).default([]),
  custom_providers: z.array(CustomProvider).default([]),
  connectors: z.array(Connector).default([]),
  tools: z.array(ToolVersion).default([]),
}

/** The tables behind these lists: each is filled after those that it refers to. */
export type RegistryKind = keyof typeof registryShape
export const REGISTRY_KINDS = Object.keys(registryShape) as RegistryKind[]
