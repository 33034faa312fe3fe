import { describeTool } from '../../packages/server/src/mcp/catalog/describe-tool.js'
import { optInToolsets, type ToolDefinition } from '../../packages/server/src/tool.js'
import { tools } from '../../packages/server/src/tools/index.js'

/** One JSON file per tool with what `tools/list` says of it: a change of the surface shows in review. */
export function toolSnapshots(): Record<string, string> {
  return Object.fromEntries(
    tools.map((tool) => [
      `packages/server/src/tools/snapshots/${tool.name}.json`,
      `${JSON.stringify(describeTool(tool, false), null, 2)}\n`,
    ]),
  )
}

/** The reference page of the tools. */
export function toolsPage(): string {
  const toolsets = [...new Set(tools.map((tool) => tool.toolset))]
  const sections = toolsets.map((toolset) => {
    const members = tools.filter((tool) => tool.toolset === toolset)
    const optIn = (optInToolsets as readonly string[]).includes(toolset)
    const note = optIn
      ? `Offered only where the URL asks for it: \`?toolsets=default,${toolset}\` or \`all\`.\n\n`
      : ''
    return `## ${toolset}\n\n${note}${members.map(describe).join('\n')}`
  })
  return `# Tools

Each needs all of its scopes. A failure is a result with \`isError\` and \`{ error: { code, message, nextStep } }\`.

A list accepts \`pageSize\` (at most 100) and \`pageToken\`, and returns \`items\` and \`nextPageToken\`. Scalekit's own MCP server
counts pages: \`pageToken\` is a number, and "2" is the second page. Here it is the \`nextPageToken\` of the answer before. Only "1"
(or 1), an empty \`pageToken\`, \`null\` and no \`pageToken\` are the first page; "2" is refused. On the last page \`nextPageToken\` is absent.

${sections.join('\n')}
Made from the tools by \`npm run generate\`.
`
}

interface Property {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
}

function describe(tool: ToolDefinition): string {
  const { inputSchema } = describeTool(tool, false)
  const properties = Object.entries((inputSchema.properties ?? {}) as Record<string, Property>)
  const required = new Set(inputSchema.required ?? [])
  const rows = properties.map(
    ([name, { type, description, default: preset }]) =>
      `| \`${name}\` | ${type ?? ''} | ${required.has(name) && preset === undefined ? 'yes' : 'no'} | ${description ?? ''} |`,
  )
  const scopes = tool.scopes.length > 0 ? tool.scopes.map((scope) => `\`${scope}\``).join(' ') : 'none'
  const table =
    rows.length > 0 ? `| argument | type | required | |\n|---|---|---|---|\n${rows.join('\n')}\n` : ''
  return `### ${tool.name}\n\n${tool.description}\n\nScopes: ${scopes} · effect: ${tool.effect}${tool.workspaceOnly ? ' · workspace mode only' : ''}\n\n${table}`
}
