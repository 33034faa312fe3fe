import type { IncomingMessage } from 'node:http'
import { type Bounds, isSelected, readSelection } from './call/access.js'
import { writeScopes } from './scope-names.js'
import { scopes, type ToolDefinition } from './tool.js'

/**
 * What the challenge asks for where the URL says `access=write`: the baseline, and every scope that a tool of the selection
 * needs. Many clients sign in once and cannot ask for more when a call is refused. A URL that cannot be read changes nothing:
 * with a token it is refused.
 */
export function createFirstChallenge(
  tools: readonly ToolDefinition[],
  bounds: Bounds,
  baseline: readonly string[],
  names: 'long' | 'short',
): ({ url }: Pick<IncomingMessage, 'url'>) => string[] | undefined {
  return ({ url = '' }) => {
    if (!url.includes('access=')) return undefined
    const selection = readSelection(url, bounds)
    if ('problem' in selection || selection.access !== 'write') return undefined
    const selected = tools.filter((tool) => isSelected(tool, selection, bounds))
    const asked = new Set<string>([...baseline, ...selected.flatMap((tool) => tool.scopes)])
    return writeScopes(
      scopes.filter((scope) => asked.has(scope)),
      names,
    )
  }
}
