import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ToolRow } from '../../storage/registry-schema.js'
import { type ProvidedTool, Tool } from './connector.js'

const { name, description, input_schema, output_schema } = Tool.shape
const version = z.string().min(1).max(10)

/** What an application says about a tool that it creates. */
export const ToolDefinition = z.strictObject({
  ...{ name, description, input_schema, output_schema },
  display_name: z.string().min(1).max(200).optional(),
  category: z.string().min(1).max(200).optional(),
  annotations: z
    .strictObject({
      title: z.string().optional(),
      read_only_hint: z.boolean().optional(),
      destructive_hint: z.boolean().optional(),
      idempotent_hint: z.boolean().optional(),
      open_world_hint: z.boolean().optional(),
    })
    .optional(),
  schema_version: version.optional(),
  tool_version: version.optional(),
})
export type ToolDefinition = z.infer<typeof ToolDefinition>

/** The version of a definition that names none, and of the tools of catalogue and seed. */
export const FIRST_VERSION = { schema_version: '1', tool_version: '1' } as const

/** The catalogue changes with this program only. */
const CATALOGUE_AT = Date.UTC(2026, 0, 1)

/** A tool of the catalogue or of the seed. `isDefault`: whether no version that was created is. */
export function builtInTool(tool: Tool, provider: string, isDefault: boolean): ProvidedTool {
  return {
    ...tool,
    ...FIRST_VERSION,
    ...{ id: builtInId(tool.name), provider, is_default: isDefault, built_in: true },
    ...{ metadata: {}, updated_at: CATALOGUE_AT },
  }
}

/** A version that an application created. */
export function createdTool(row: ToolRow): ProvidedTool {
  const { annotations, ...definition } = ToolDefinition.parse(JSON.parse(row.definition))
  return {
    ...definition,
    ...(annotations && { annotations }),
    ...{
      read_only: annotations?.read_only_hint ?? false,
      destructive: annotations?.destructive_hint ?? false,
    },
    ...{ id: row.id, provider: row.provider, is_default: row.is_default === 1, built_in: false },
    ...{ schema_version: row.schema_version, tool_version: row.tool_version, updated_at: row.updated_at },
    ...{ metadata: JSON.parse(row.metadata), tags: JSON.parse(row.tags) },
  }
}

/** The same for the same name, in every environment. */
function builtInId(name: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(name).digest('hex').slice(0, 15)}`)
  return `tol_${String(digits).padStart(18, '0').slice(-18)}`
}
