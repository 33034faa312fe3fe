import { readFileSync } from 'node:fs'
import { variables } from '../../packages/server/src/config/config-variables.js'

const { name, version } = JSON.parse(
  readFileSync(new URL('../../packages/server/package.json', import.meta.url), 'utf8'),
) as { name: string; version: string }

const description = 'Let AI agents manage Scalekit: environments, organizations, users and single sign-on.'

/** What `scalekit-mcp stdio` cannot do without. */
const required = ['SCALEKIT_ENV_URL', 'SCALEKIT_CLIENT_ID', 'SCALEKIT_CLIENT_SECRET'] as const

const isSecret = (variable: string) => variable.endsWith('_SECRET')

/** The entry of the MCP registry (server.json, schema of 2025-12-11). */
export function registryEntry(): string {
  return json({
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: 'com.scalekit/scalekit-mcp',
    title: 'Scalekit',
    description,
    version,
    websiteUrl: 'https://www.scalekit.com',
    packages: [
      {
        registryType: 'npm',
        identifier: name,
        version,
        transport: { type: 'stdio' },
        packageArguments: [{ type: 'positional', value: 'stdio' }],
        environmentVariables: required.map((variable) => ({
          name: variable,
          description: variables[variable].describe,
          isRequired: true,
          isSecret: isSecret(variable),
        })),
      },
    ],
  })
}

/** The manifest of the MCPB bundle, for desktop clients that install one file (manifest version 0.3). */
export function bundleManifest(): string {
  const setting = (variable: string) => variable.replace('SCALEKIT_', '').toLowerCase()
  return json({
    manifest_version: '0.3',
    name,
    display_name: 'Scalekit',
    version,
    description,
    author: { name: 'Scalekit MCP server contributors' },
    license: 'MIT',
    server: {
      type: 'node',
      entry_point: 'server/main.js',
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/server/main.js`, 'stdio', '--scopes', `\${user_config.scopes}`],
        env: {
          ...Object.fromEntries(
            required.map((variable) => [variable, `\${user_config.${setting(variable)}}`]),
          ),
          AUDIT_FILE: `\${HOME}/.scalekit-mcp/audit.jsonl`,
        },
      },
    },
    user_config: {
      ...Object.fromEntries(
        required.map((variable) => [
          setting(variable),
          {
            type: 'string',
            title: variable,
            description: variables[variable].describe,
            required: true,
            sensitive: isSecret(variable),
          },
        ]),
      ),
      scopes: {
        type: 'string',
        title: 'Scopes',
        description:
          'What the agent may do. Add organization:write and environment:write to let it change things.',
        required: true,
        default: 'environment:read organization:read',
      },
    },
    compatibility: { runtimes: { node: '>=20.19.0' } },
  })
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
