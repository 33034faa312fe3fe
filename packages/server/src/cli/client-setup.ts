/** What to paste into each client in order to use this server. */
export function clientSetup(url: string): string {
  return `  Claude Code   claude mcp add --transport http scalekit ${url}
  Cursor        .cursor/mcp.json   ${JSON.stringify({ mcpServers: { scalekit: { url } } })}
  VS Code       .vscode/mcp.json   ${JSON.stringify({ servers: { scalekit: { type: 'http', url } } })}
`
}
