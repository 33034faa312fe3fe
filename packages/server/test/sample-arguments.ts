import type * as z from 'zod'
import { describeTool } from '../src/mcp/catalog/describe-tool.js'
import type { ToolDefinition } from '../src/tool.js'

interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minimum?: number
}

/** Objects of the seed's DEV environment, and others whose id is well formed but which nobody has. */
const ids: Readonly<Record<string, string>> = {
  environmentId: 'env_100000000000000001',
  organizationId: 'org_100000000000000001',
  userId: 'usr_100000000000000101',
  clientId: 'skc_100000000000000001',
  mcpServerId: 'res_100000000000000002',
  directoryId: 'dir_100000000000000001',
  domainId: 'dom_100000000000000001',
}

const words: Readonly<Record<string, string>> = {
  email: 'new.person@example.com',
  adminEmail: 'new.person@example.com',
  uri: 'https://app.example.com/callback',
  addRedirectUris: 'https://app.example.com/callback',
  url: 'https://mcp.example.com/mcp',
  discoveryEndpoint: 'https://idp.example.com/.well-known/openid-configuration',
  name: 'sample',
  roleName: 'member',
  domain: 'new.example',
  role: 'USER',
}

/** Where a schema leaves several ways open: one of them. */
const choices: Readonly<Record<string, readonly string[]>> = {
  resend_invitation: ['organizationId', 'userId'],
}

/** Arguments that a tool's schema takes: its required ones, plausible, with those of `overrides` in place that it takes. */
export function sampleArguments(
  tool: ToolDefinition,
  overrides: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const schema = describeTool(tool, false).inputSchema as Schema
  // It may be left out, but the seed has two environments.
  const environment = schema.properties?.environmentId ? ['environmentId'] : []
  const chosen = choices[tool.name] ?? []
  const required = [...environment, ...(schema.required ?? []), ...chosen, ...aChange(tool, schema)]
  const accepts = (name: string, value: unknown) =>
    (tool.input.shape[name] as z.ZodType | undefined)?.safeParse(value).success === true
  const sample = Object.fromEntries(
    required.map((name) => [
      name,
      sampleOf(name, schema.properties?.[name] ?? {}, (value) => accepts(name, value)),
    ]),
  )
  const known = Object.entries(overrides).filter(([name, value]) => accepts(name, value))
  return { ...sample, ...Object.fromEntries(known) }
}

/** Ids that are well formed and that nobody has. */
const unknownIds = ['usr', 'conn', 'res', 'skc', 'm2morg', 'sec', 'dir', 'dirgroup', 'dom', 'ses'].map(
  (prefix) => `${prefix}_999`,
)

/** @param accepts whether the tool takes this value */
function sampleOf(name: string, schema: Schema, accepts: (value: unknown) => boolean): unknown {
  if (schema.enum) return schema.enum.includes(words[name]) ? words[name] : schema.enum[0]
  if (schema.type === 'boolean') return true
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1
  if (schema.type === 'array') return [sampleOf(name, schema.items ?? {}, (item) => accepts([item]))]
  if (schema.type === 'object') {
    const properties = Object.entries(schema.properties ?? {})
    return Object.fromEntries(properties.map(([key, each]) => [key, sampleOf(key, each, () => true)]))
  }
  return [ids[name], words[name], 'sample', ...unknownIds].find(
    (value) => value !== undefined && accepts(value),
  )
}

/** An update whose arguments are all optional has to change something. */
function aChange(tool: ToolDefinition, schema: Schema): string[] {
  const optional = Object.keys(schema.properties ?? {}).filter((name) => !schema.required?.includes(name))
  return tool.effect === 'update'
    ? optional.filter((name) => !ids[name] && name !== 'clientId').slice(0, 1)
    : []
}
