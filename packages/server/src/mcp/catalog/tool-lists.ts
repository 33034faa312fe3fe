import type { Tool } from '@modelcontextprotocol/server'
import { viewOfTool } from '../../apps/ui-resources.js'
import { type Bounds, isListed, type Selection } from '../../call/access.js'
import type { ToolDefinition } from '../../tool.js'
import { describeTool } from './describe-tool.js'

/**
 * Gives what `tools/list` answers for a selection, with or without the views of results. A tool is described once, when it
 * is first listed: converting the schemas of all took a third of a start. Their order is always the same.
 */
export function toolLists(
  tools: readonly ToolDefinition[],
  bounds: Bounds,
): (selection: Selection, bound: boolean, withViews: boolean) => Tool[] {
  const described = { free: new Map<string, Tool>(), bound: new Map<string, Tool>() }
  const describe = (tool: ToolDefinition, bound: boolean): Tool => {
    const known = bound ? described.bound : described.free
    const own = known.get(tool.name) ?? describeTool(tool, bound)
    known.set(tool.name, own)
    return own
  }
  return (selection, bound, withViews) =>
    tools
      .filter((tool) => isListed(tool, selection, bounds))
      .map((tool) => ({ ...describe(tool, bound), ...(withViews ? viewOfTool(tool.name) : {}) }))
}
