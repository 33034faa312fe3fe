import type { Tool } from '@modelcontextprotocol/server'
import { type Bounds, isSelected, type Selection } from './access.js'
import { describeTool } from './describe-tool.js'
import type { ToolDefinition } from './tool.js'

/**
 * Gives what `tools/list` answers for a selection. Tools are described once; their order is always the same.
 */
export function toolLists(
  tools: readonly ToolDefinition[],
  bounds: Bounds,
  origin: string,
): (selection: Selection, bound: boolean) => Tool[] {
  const described = tools.map((tool) => ({
    tool,
    free: describeTool(tool, false, origin),
    bound: describeTool(tool, true, origin),
  }))
  return (selection, bound) =>
    described
      .filter(({ tool }) => isSelected(tool, selection, bounds))
      .map((each) => (bound ? each.bound : each.free))
}
