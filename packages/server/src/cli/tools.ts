import { styleText } from 'node:util'
import { type Bounds, isSelected, parseSelection } from '../call/access.js'
import { toolDefaults } from '../config/config.js'
import { ToolError } from '../errors.js'
import type { ToolDefinition } from '../tool.js'
import { tools as allTools } from '../tools/index.js'
import { UsageError } from './exit.js'
import { parseScopes } from './parse-scopes.js'

export interface ToolsOptions {
  readonly urlQuery: string
  readonly scopes?: string
  readonly mode: 'environment' | 'workspace'
  readonly json?: true
}

/** `scalekit-mcp tools`: what a connection offers whose URL ends like this, decided by what decides it in the server. */
export function listTools({ urlQuery, scopes, mode, json }: ToolsOptions): void {
  const bounds: Pick<Bounds, 'mode' | 'readOnly'> = { mode, readOnly: toolDefaults().readOnly }
  const selection = select(urlQuery)
  const held = scopes === undefined ? undefined : new Set<string>(parseScopes(scopes))
  const offered = allTools
    .filter((tool) => isSelected(tool, selection, bounds))
    .map((tool) => ({
      name: tool.name,
      toolset: tool.toolset,
      effect: tool.effect,
      scopes: tool.scopes,
      ...(held ? { granted: tool.scopes.every((scope) => held.has(scope)) } : {}),
      title: tool.title,
    }))
  process.stdout.write(json ? `${JSON.stringify({ tools: offered }, null, 2)}\n` : table(offered))
}

/** The query alone, with its question mark, or the whole URL. */
function select(query: string) {
  try {
    return parseSelection(new URLSearchParams(query.slice(query.indexOf('?') + 1)))
  } catch (error) {
    if (error instanceof ToolError) throw new UsageError(`--url-query: ${error.message}`, { cause: error })
    throw error
  }
}

type Row = Pick<ToolDefinition, 'name' | 'toolset' | 'effect' | 'scopes'> & { readonly granted?: boolean }

function table(rows: readonly Row[]): string {
  const cells = rows.map(({ name, toolset, effect, scopes, granted }) => [
    name,
    toolset,
    effect,
    `${scopes.join(' ') || '-'}${granted === false ? '  (asks for more scopes)' : ''}`,
  ])
  const head = ['tool', 'toolset', 'effect', 'scopes']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [styleText('bold', line(head)), ...cells.map(line), '', `${rows.length} tools`, ''].join('\n')
}
