import { z } from 'zod'
import { registryShape } from './registry-kinds.js'

const id = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}_[0-9]{1,18}$`), `must be ${prefix}_ and up to 18 digits`)
const names = z.array(z.string().min(1).max(128)).default([])
/** What the API's message has and no column does, by the names of the API: metadata, user_profile, post_login_uris, … */
const data = z.record(z.string(), z.unknown()).default({})
const times = { created_at: z.iso.datetime().optional(), updated_at: z.iso.datetime().optional() }

const Secret = z
  .union([
    z.strictObject({ value: z.string().min(8) }),
    z.strictObject({
      id: id('sec'),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      suffix: z.string().optional(),
      status: z.string().default('ACTIVE'),
      created_at: z.number().optional(),
    }),
  ])
  .describe('A secret in the clear, or the SHA-256 of one as it is exported.')

const Client = z
  .strictObject({
    id: id('skc'),
    type: z.string().default('ENV'),
    secrets: z.array(Secret).default([]),
    data,
    ...times,
  })
  .describe(
    "An environment's credentials or application. Redirect URIs: data.post_login_uris. For identity assertions, data.cross_app_clients says how the client is called at an MCP server of another realm: its client id there, by the id of the MCP server.",
  )

const McpServer = z
  .strictObject({
    id: id('res'),
    url: z.url().or(id('res')),
    name: z.string().min(1),
    scopes: names,
    data,
    ...times,
  })
  .describe(
    'An MCP server of the registry; tokens for it have its URL as their audience. With data.may_exchange_for it may call others for its users: the scopes that it gets there by token exchange, by the id of the other, like { res_2: ["notes:read"] }.',
  )

const Member = z.strictObject({
  id: id('usr'),
  email: z.email(),
  role: z.enum(['ADMIN', 'USER']),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  data,
  ...times,
})

const Permission = z.strictObject({
  id: id('perm'),
  name: z.string().min(1),
  description: z.string().default(''),
  ...times,
})

const Role = z.strictObject({
  id: id('role'),
  name: z.string().min(1),
  display_name: z.string().min(1),
  description: z.string().default(''),
  organization: id('org').optional().describe('Set for a role of one organization.'),
  extends: z.string().optional(),
  default_creator: z.boolean().default(false),
  default_member: z.boolean().default(false),
  permissions: names,
  ...times,
})

const Organization = z.strictObject({
  id: id('org'),
  display_name: z.string().min(1).max(200),
  external_id: z.string().optional(),
  slug: z.string().optional(),
  data,
  ...times,
})

const Membership = z.strictObject({
  organization: id('org'),
  status: z.enum(['ACTIVE', 'INACTIVE', 'PENDING_INVITE', 'INVITE_EXPIRED']).default('ACTIVE'),
  roles: names,
  data,
  ...times,
})

const User = z.strictObject({
  id: id('usr'),
  email: z.email(),
  external_id: z.string().optional(),
  data,
  memberships: z.array(Membership).default([]),
  ...times,
})

const Environment = z.strictObject({
  id: id('env'),
  display_name: z.string().min(1),
  type: z.enum(['DEV', 'PRD']),
  region: z.string().default('US'),
  data,
  clients: z.array(Client).default([]),
  mcp_servers: z.array(McpServer).default([]),
  permissions: z.array(Permission).default([]),
  roles: z.array(Role).default([]),
  organizations: z.array(Organization).default([]),
  users: z.array(User).default([]),
  ...registryShape,
  ...times,
})

const Workspace = z.strictObject({
  members: z.array(Member).default([]),
  clients: z.array(Client).default([]),
  mcp_servers: z.array(McpServer).default([]),
})

/** What a local environment starts with; exporting one gives the same form. */
export const SeedSchema = z.strictObject({
  version: z.literal(1),
  workspace: Workspace,
  environments: z.array(Environment).default([]),
})

/** A seed as it is written: what has a default may be left out. */
export type Seed = z.input<typeof SeedSchema>
/** A seed with its defaults filled in. */
export type ParsedSeed = z.output<typeof SeedSchema>

/** The JSON Schema of a seed file, for editors. */
export function seedJsonSchema(): object {
  return z.toJSONSchema(SeedSchema, { io: 'input' })
}
