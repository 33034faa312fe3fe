import type { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { time, toTime } from '../times.js'

/** An entry of the registry of MCP servers, as results give it. */
export const mcpServerFields = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string().optional().describe('Where clients reach it: the audience of its tokens.'),
  description: z.string().optional(),
  scopes: z.array(z.string()),
  provider: z.string().optional().describe('Who signs people in, where it is not Scalekit.'),
  accessTokenSeconds: z.number().optional(),
  refreshTokenSeconds: z.number().optional(),
  dynamicRegistration: z.boolean().describe('Clients may register themselves (RFC 7591).'),
  metadataDocuments: z.boolean().describe('Clients may be known by a metadata document.'),
  crossAppAccess: z.boolean(),
  createdAt: time,
  updatedAt: time,
})

export function toMcpServer(resource: clients.Resource): z.output<typeof mcpServerFields> {
  return {
    id: resource.id,
    name: resource.name,
    url: resource.resourceId || resource.resourceUri || undefined,
    description: resource.description || undefined,
    scopes: resource.scopes.map((scope) => scope.name),
    provider: resource.provider || undefined,
    accessTokenSeconds: Number(resource.accessTokenExpiry) || undefined,
    refreshTokenSeconds: Number(resource.refreshTokenExpiry) || undefined,
    dynamicRegistration: !resource.disableDynamicClientRegistration,
    metadataDocuments: resource.enableCimd,
    crossAppAccess: resource.xaaEnabled,
    createdAt: toTime(resource.createTime),
    updatedAt: toTime(resource.updateTime),
  }
}
