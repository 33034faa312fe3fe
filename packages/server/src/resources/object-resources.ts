import type {
  CallToolResult,
  InputRequiredResult,
  ReadResourceResult,
  ResourceTemplateType,
} from '@modelcontextprotocol/server'
import { callOfUri, objectTemplates } from './templates.js'

/** Calls a tool for the caller of a message, with everything that happens to every call. */
export type CallTool = (
  name: string,
  args: Record<string, unknown>,
) => Promise<CallToolResult | InputRequiredResult | undefined>

/** The templates whose tool the connection offers. */
export function listObjectTemplates(isOffered: (tool: string) => boolean): ResourceTemplateType[] {
  return objectTemplates
    .filter((template) => isOffered(template.tool))
    .map(({ tool: _, ...template }) => ({ ...template, mimeType: 'application/json' }))
}

/** Reads an object by its URI: the JSON that its tool answers, or undefined when there is none for this caller. */
export async function readObject(uri: string, callTool: CallTool): Promise<ReadResourceResult | undefined> {
  const target = callOfUri(uri)
  const result = target && (await callTool(target.tool, target.args))
  if (!result || !('structuredContent' in result) || result.isError) return undefined
  return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(result.structuredContent) }] }
}
