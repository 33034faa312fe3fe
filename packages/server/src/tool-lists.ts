import type { Tool } from '@modelcontextprotocol/server'
import { type Bounds, isSelected, type Selection } from './access.js'
import { viewOfTool } from './apps/ui-resources.js'
import { describeTool } from './describe-tool.js'
import type { ToolDefinition } from './tool.js'

/**
 * Gives what `tools/list` answers for a selection, with or without the views of results. Tools are described once;
 * their order is always the same.
 */
export function toolLists(
  tools: readonly ToolDefinition[],
  bounds: Bounds,
  origin: string,
): (selection: Selection, bound: boolean, withViews: boolean) => Tool[] {
  const described = tools.map((tool) => ({
    tool,
    free: describeTool(tool, false, origin),
    bound: describeTool(tool, true, origin),
    view: viewOfTool(tool.name),
  }))
  return (selection, bound, withViews) =>
    described
      .filter(({ tool }) => isSelected(tool, selection, bounds))
      .map(({ view, ...each }) => ({ ...(bound ? each.bound : each.free), ...(withViews ? view : {}) }))
}
