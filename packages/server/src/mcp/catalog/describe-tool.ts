import type { Tool } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { withoutEnvironment } from '../../call/bound-input.js'
import type { ToolDefinition } from '../../tool.js'
import { iconUrl } from './icons.js'

/**
 * What `tools/list` says of a tool. Schemas are JSON Schema 2020-12, closed, without unions, `$ref` or
 * `format`, since many clients refuse those. Converting is costly: do it once per tool, not per request.
 *
 * @param origin of this server, where the icons are
 * @param boundEnvironment with it, the argument `environmentId` is left out: there is nothing to choose
 */
export function describeTool(tool: ToolDefinition, boundEnvironment: boolean, origin: string): Tool {
  const input = boundEnvironment ? withoutEnvironment(tool.input) : tool.input
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: inputSchema(input) as Tool['inputSchema'],
    outputSchema: outputSchema(tool) as NonNullable<Tool['outputSchema']>,
    annotations: annotationsOf(tool),
    icons: [{ src: iconUrl(tool.toolset, origin) }],
  }
}

/** MCP, ToolAnnotations: `destructiveHint: false` promises that a tool only adds; an update replaces what was there. */
function annotationsOf({ effect, irreversible }: ToolDefinition): NonNullable<Tool['annotations']> {
  if (effect === 'read') return { readOnlyHint: true, openWorldHint: true }
  return {
    readOnlyHint: false,
    destructiveHint: effect === 'delete' || effect === 'update' || irreversible === true,
    idempotentHint: effect !== 'create',
    openWorldHint: true,
  }
}

const target = { target: 'draft-2020-12', reused: 'inline' } as const

function inputSchema(schema: z.ZodObject): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    ...target,
    io: 'input',
    // An empty text is refused when it comes; every list of tools would say so fifty times.
    override: ({ jsonSchema }) => {
      if (jsonSchema.minLength === 1) delete jsonSchema.minLength
    },
  })
  return rest
}

/**
 * Every list of tools costs context. That there is nothing else in a result needs no saying, and what a write
 * answers is described where the same object is read.
 */
function outputSchema({ output, effect }: ToolDefinition): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(output, {
    ...target,
    io: 'output',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
      delete jsonSchema.propertyNames
      if (effect === 'read') return
      delete jsonSchema.description
      delete jsonSchema.required
    },
  })
  return rest
}
