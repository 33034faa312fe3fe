import type { Tool } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { freeInput, withoutEnvironment } from '../../call/environment-input.js'
import type { ToolDefinition } from '../../tool.js'

/**
 * What `tools/list` says about a tool. Every list costs context, so it says what a client needs and no more. Schemas are JSON
 * Schema 2020-12, closed, without unions, `$ref` or `format`, since many clients refuse those. Converting is costly: do it once
 * per tool, not per request. Results match the tool's own output schema; the list says only that they are objects, because few
 * clients show more of it to their model.
 *
 * @param boundEnvironment with it, the argument `environmentId` is left out: there is nothing to choose
 */
export function describeTool(tool: ToolDefinition, boundEnvironment: boolean): Tool {
  const input = boundEnvironment ? withoutEnvironment(tool.input) : freeInput(tool.input)
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: inputSchema(input) as Tool['inputSchema'],
    outputSchema: { type: 'object' },
    annotations: annotationsOf(tool),
  }
}

/**
 * MCP, ToolAnnotations: `destructiveHint: false` promises that a tool only adds; an update replaces what was there. Absent,
 * `readOnlyHint` and `idempotentHint` are false, `openWorldHint` is true. `destructiveHint` is always given: clients ask their user
 * by it.
 */
function annotationsOf({ effect, irreversible }: ToolDefinition): NonNullable<Tool['annotations']> {
  if (effect === 'read') return { readOnlyHint: true }
  return {
    destructiveHint: effect === 'delete' || effect === 'update' || irreversible === true,
    ...(effect === 'create' ? {} : { idempotentHint: true }),
  }
}

const LONG = 64

function inputSchema(schema: z.ZodObject): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    reused: 'inline',
    io: 'input',
    override: ({ jsonSchema }) => {
      // An empty text or list is refused when it comes; every list of tools would say so fifty times.
      if (jsonSchema.minLength === 1) delete jsonSchema.minLength
      if (jsonSchema.minItems === 1) delete jsonSchema.minItems
      // Nobody reaches such a limit by mistake.
      if ((jsonSchema.maxLength ?? 0) >= LONG) delete jsonSchema.maxLength
    },
  })
  return rest
}
