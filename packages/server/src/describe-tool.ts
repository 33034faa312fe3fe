import type { Tool } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { withoutEnvironment } from './bound-input.js'
import type { ToolDefinition } from './tool.js'

/**
 * What `tools/list` says of a tool. Schemas are JSON Schema 2020-12, closed, without unions, `$ref` or
 * `format`, since many clients refuse those. Converting is costly: do it once per tool, not per request.
 *
 * @param boundEnvironment with it, the argument `environmentId` is left out: there is nothing to choose
 */
export function describeTool(tool: ToolDefinition, boundEnvironment: boolean): Tool {
  const input = boundEnvironment ? withoutEnvironment(tool.input) : tool.input
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: jsonSchema(input, 'input') as Tool['inputSchema'],
    outputSchema: jsonSchema(tool.output, 'output') as NonNullable<Tool['outputSchema']>,
    annotations: {
      title: tool.title,
      readOnlyHint: tool.effect === 'read',
      // MCP, ToolAnnotations: false promises that a tool only adds. An update replaces what was there.
      destructiveHint: tool.effect === 'delete' || tool.effect === 'update' || tool.irreversible === true,
      idempotentHint: tool.effect !== 'create',
      openWorldHint: true,
    },
    _meta: { 'scalekit/toolset': tool.toolset, 'scalekit/scopes': [...tool.scopes] },
  }
}

function jsonSchema(schema: z.ZodObject, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', reused: 'inline' })
  return rest
}
