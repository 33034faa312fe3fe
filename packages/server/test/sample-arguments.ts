import { describeTool } from '../src/describe-tool.js'
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
}

const words: Readonly<Record<string, string>> = {
  email: 'new.person@example.com',
  adminEmail: 'new.person@example.com',
  uri: 'https://app.example.com/callback',
  url: 'https://mcp.example.com/mcp',
  discoveryEndpoint: 'https://idp.example.com/.well-known/openid-configuration',
  name: 'sample',
  roleName: 'member',
  role: 'USER',
}

/** Arguments that a tool's schema takes: its required ones, plausible, with `overrides` in place. */
export function sampleArguments(
  tool: ToolDefinition,
  overrides: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const schema = describeTool(tool, false, 'http://localhost:3002').inputSchema as Schema
  const required = [...(schema.required ?? []), ...aChange(tool, schema)]
  const sample = Object.fromEntries(
    required.map((name) => [name, sampleOf(name, schema.properties?.[name] ?? {})]),
  )
  const known = Object.entries(overrides).filter(([name]) => schema.properties?.[name] !== undefined)
  return { ...sample, ...Object.fromEntries(known) }
}

function sampleOf(name: string, schema: Schema): unknown {
  if (schema.enum) return schema.enum.includes(words[name]) ? words[name] : schema.enum[0]
  if (schema.type === 'boolean') return true
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1
  if (schema.type === 'array') return [sampleOf(name, schema.items ?? {})]
  if (schema.type === 'object') {
    const properties = Object.entries(schema.properties ?? {})
    return Object.fromEntries(properties.map(([key, each]) => [key, sampleOf(key, each)]))
  }
  const prefix = /^\^\(?\??:?([a-z]+)[_|]/.exec(schema.pattern ?? '')?.[1]
  return ids[name] ?? words[name] ?? (prefix ? `${prefix}_999` : 'sample')
}

/** An update whose arguments are all optional has to change something. */
function aChange(tool: ToolDefinition, schema: Schema): string[] {
  const optional = Object.keys(schema.properties ?? {}).filter((name) => !schema.required?.includes(name))
  return tool.effect === 'update'
    ? optional.filter((name) => !ids[name] && name !== 'clientId').slice(0, 1)
    : []
}
