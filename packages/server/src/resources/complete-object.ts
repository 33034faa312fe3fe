import type { CompleteResult } from '@modelcontextprotocol/server'
import type { CallTool } from './object-resources.js'

/** Which list completes which variable, and of which other variable it needs the value. */
const lists: Readonly<Record<string, { tool: string; needs: readonly string[] }>> = {
  environmentId: { tool: 'list_environments', needs: [] },
  organizationId: { tool: 'list_organizations', needs: ['environmentId'] },
  connectionId: { tool: 'list_environment_connections', needs: ['environmentId'] },
}

const LIMIT = 100

/**
 * Completes an id from what the caller may list, by the beginning of the id or of the name. Whoever may not
 * list gets nothing (MCP 2026-07-28, server/utilities/completion, "Security").
 */
export async function completeObject(
  variable: string,
  value: string,
  known: Readonly<Record<string, string>>,
  callTool: CallTool,
): Promise<CompleteResult> {
  const list = Object.hasOwn(lists, variable) ? lists[variable] : undefined
  if (!list?.needs.every((name) => known[name])) return completion([])
  const args = Object.fromEntries(list.needs.map((name) => [name, known[name]]))
  const result = await callTool(list.tool, { ...args, pageSize: LIMIT })
  const items =
    result && 'structuredContent' in result && !result.isError ? itemsOf(result.structuredContent) : []
  const start = value.toLowerCase()
  return completion(
    items
      .filter(
        ({ id, displayName = '' }) => id.startsWith(value) || displayName.toLowerCase().startsWith(start),
      )
      .map(({ id }) => id),
  )
}

function itemsOf(content: unknown): { id: string; displayName?: string }[] {
  return (content as { items?: { id: string; displayName?: string }[] }).items ?? []
}

function completion(values: string[]): CompleteResult {
  return { completion: { values: values.slice(0, LIMIT), hasMore: values.length > LIMIT } }
}
