import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import * as z from 'zod'
import { describeTool } from '../../packages/server/src/mcp/catalog/describe-tool.js'
import { optInToolsets, type ToolDefinition, toolsets } from '../../packages/server/src/tool.js'
import { tools } from '../../packages/server/src/tools/index.js'

/** One JSON file per tool with what `tools/list` says of it, and its results: a change of the surface shows in review. */
export function toolSnapshots(): Record<string, string> {
  return Object.fromEntries(
    tools.map((tool) => [
      `packages/server/src/tools/snapshots/${tool.name}.json`,
      `${JSON.stringify({ ...describeTool(tool, false), results: resultsOf(tool) }, null, 2)}\n`,
    ]),
  )
}

function resultsOf({ output }: ToolDefinition): object {
  const { $schema: _, ...schema } = z.toJSONSchema(output, { io: 'output', reused: 'inline' })
  return schema
}

/** What the list of a connection without parameters costs. */
function costOfList(): string {
  const offered = tools.filter(({ toolset }) => (toolsets as readonly string[]).includes(toolset))
  const text = JSON.stringify({ tools: offered.map((tool) => describeTool(tool, false)) })
  const [bytes, tokens] = [Buffer.byteLength(text), encode(text).length].map((each) =>
    each.toLocaleString('en'),
  )
  return `Without parameters in the URL, \`tools/list\` returns ${offered.length} of ${tools.length} tools in ${bytes} bytes (${tokens} tokens of \`o200k_base\`).`
}

/** The reference page of the tools. */
export function toolsPage(): string {
  const sections = [...new Set(tools.map((tool) => tool.toolset))].map((toolset) => {
    const members = tools.filter((tool) => tool.toolset === toolset)
    const optIn = (optInToolsets as readonly string[]).includes(toolset)
    const note = optIn
      ? `Offered only where the URL asks for it: \`?toolsets=default,${toolset}\` or \`all\`.\n\n`
      : ''
    return `## ${toolset}\n\n${note}${members.map(describe).join('\n')}`
  })
  return `# Tools

Each needs all of its scopes. A failure is a result with \`isError\` and \`{ error: { code, message, nextStep } }\`, and where they
help: the ids that were not found, \`existingId\`, \`candidates\`, \`role\` and \`administrators\`, or the \`url\` to connect with.

Where an id of an environment or an organization is asked for, a name will do (\`environment\` and \`organization\` are the same
arguments), compared without case; for an organization the external id too. \`environmentId\` may be left out where there is only one
environment. A name that is unknown or not unique is refused with candidates.

${costOfList()}

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
