import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, mcpServerId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { isAlready } from '../is-already.js'
import { keepOwnRegistration } from '../own-access.js'
import { requireChange } from '../require-change.js'
import { mcpServerFields, toMcpServer } from './mcp-server.js'
import { mcpServerAt } from './mcp-server-at.js'
import {
  accessTokenSeconds,
  formerServerNames,
  provider,
  providerOf,
  refreshTokenSeconds,
  requireProvider,
  scopeNames,
  serverChanges,
  serverDescription,
  serverName,
  serverUrl,
  useScalekitAuthentication,
} from './mcp-server-input.js'
import { readMcpServer } from './read-mcp-server.js'
import { requireConnection } from './require-connection.js'

/** Arguments by the names of the API: what is named is changed. */
const fields = {
  name: 'name',
  url: 'resource_id',
  description: 'description',
  scopes: 'scopes',
  provider: 'provider',
  accessTokenSeconds: 'access_token_expiry',
  refreshTokenSeconds: 'refresh_token_expiry',
  dynamicRegistration: 'disable_dynamic_client_registration',
  metadataDocuments: 'enable_cimd',
  crossAppAccess: 'xaa_enabled',
} as const
const names = Object.keys(fields) as (keyof typeof fields)[]

export default defineTool({
  name: 'update_mcp_server',
  title: 'Update MCP server',
  description:
    'Change a registered MCP server. What is left out stays; scopes, if given, replace all. A new url is a new audience.',
  toolset: 'mcp-servers',
  scopes: ['environment:write'],
  effect: 'update',
  aliases: { id: 'mcpServerId', ...formerServerNames },
  input: z.object({
    environmentId,
    mcpServerId,
    name: serverName.optional(),
    url: serverUrl.optional(),
    description: serverDescription.optional(),
    scopes: scopeNames.optional(),
    provider: provider.optional(),
    useScalekitAuthentication: useScalekitAuthentication.optional(),
    accessTokenSeconds: accessTokenSeconds.optional(),
    refreshTokenSeconds: refreshTokenSeconds.optional(),
    dynamicRegistration: z.boolean().optional().describe('Let clients register themselves (RFC 7591).'),
    metadataDocuments: z.boolean().optional().describe('Let clients be known by a metadata document.'),
    crossAppAccess: z.boolean().optional().describe('Accept ID-JAG grants.'),
  }),
  output: z.object({ mcpServer: mcpServerFields }),
  check(args, facts) {
    requireProvider(args)
    requireChange(args, [...names, 'useScalekitAuthentication'])
    const { mcpServerId, url, scopes, provider } = args
    if (url !== undefined || scopes !== undefined || provider !== undefined)
      keepOwnRegistration(mcpServerId, facts)
  },
  async target({ environmentId, mcpServerId, ...changes }, context) {
    const resource = await readMcpServer(context.scalekit, { environmentId, mcpServerId })
    const { id, name, provider } = resource
    if (changes.provider !== provider) {
      await requireConnection({ environmentId, provider: changes.provider }, context)
    }
    const mcpServer = toMcpServer(resource)
    const { useScalekitAuthentication, ...settings } = changes
    const isSame = isAlready({ ...mcpServer, provider }, { ...settings, provider: providerOf(changes) })
    return { id, name, changes: serverChanges(changes), already: isSame ? { mcpServer } : undefined }
  },
  async existing({ environmentId, mcpServerId, url }, context) {
    const id = await mcpServerAt(url, environmentId, context)
    return id === mcpServerId ? undefined : id
  },
  async run({ environmentId, mcpServerId, useScalekitAuthentication, ...given }, { scalekit }) {
    const changes = { ...given, provider: providerOf({ ...given, useScalekitAuthentication }) }
    const { resource } = await scalekit.clients(environmentId).updateResource({
      resourceId: mcpServerId,
      resource: {
        name: changes.name,
        resourceId: changes.url,
        description: changes.description,
        scopes: changes.scopes,
        provider: changes.provider,
        accessTokenExpiry: seconds(changes.accessTokenSeconds),
        refreshTokenExpiry: seconds(changes.refreshTokenSeconds),
        disableDynamicClientRegistration:
          changes.dynamicRegistration === undefined ? undefined : !changes.dynamicRegistration,
        enableCimd: changes.metadataDocuments,
        xaaEnabled: changes.crossAppAccess,
      },
      updateMask: { paths: names.filter((name) => changes[name] !== undefined).map((name) => fields[name]) },
    })
    if (!resource) throw new ToolError('internal', 'Scalekit did not return the MCP server.')
    return { mcpServer: toMcpServer(resource) }
  },
})

function seconds(value: number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value)
}
