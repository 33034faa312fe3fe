import type { ToolDefinition } from '../tool.js'
import { optInToolsets } from '../tool.js'
import { html, Markup } from './html.js'
import { landingStyle } from './landing-style.js'

/** What a person sees who opens the URL of this server in a browser: how to connect, and what the tools ask for. */
export function landingPage(resource: string, tools: readonly ToolDefinition[]): string {
  const toolsets = [...new Set(tools.map(({ toolset }) => toolset))]
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Scalekit MCP server</title>
<style>${new Markup(landingStyle)}</style>
</head>
<body>
<main>
<h1>Scalekit MCP server</h1>
<p class="quiet">AI agents manage Scalekit here, as the person who signs in, and with no more than the scopes that this person allows.</p>
<p>This is an address for MCP clients: <code>${resource}</code></p>
<h2>Connect a client</h2>
<p><a class="button" href="${cursorLink(resource)}">Add to Cursor</a><a class="button" href="${codeLink(resource)}">Add to VS Code</a></p>
<p>Claude Code:</p>
<pre>claude mcp add --transport http scalekit ${resource}</pre>
<p>Any client that is installed on your machine:</p>
<pre>npx scalekit-mcp init --url ${resource}</pre>
<h2>Tools</h2>
<p class="quiet">The first sign-in asks for reading alone; a client asks again when a tool needs more.</p>
${toolsets.map((toolset) => section(toolset, tools))}
</main>
</body>
</html>
`.text
}

function section(toolset: string, tools: readonly ToolDefinition[]): Markup {
  const optIn = (optInToolsets as readonly string[]).includes(toolset)
  const items = tools
    .filter((tool) => tool.toolset === toolset)
    .map(
      ({ name, title, effect, scopes }) =>
        html`<li><code>${name}</code> ${title}<br><span class="quiet">${effect} · asks for ${scopes.join(' ') || 'no scope'}</span></li>`,
    )
  const note = optIn ? html` <span class="quiet">with ?toolsets=default,${toolset}</span>` : undefined
  return html`<h3>${toolset}${note}</h3>\n<ul>${items}</ul>
`
}

/** Cursor's own scheme: the entry of its configuration, in base64. */
function cursorLink(url: string): string {
  const config = Buffer.from(JSON.stringify({ url })).toString('base64')
  return `cursor://anysphere.cursor-deeplink/mcp/install?name=scalekit&config=${encodeURIComponent(config)}`
}

/** VS Code's own scheme: the entry of its configuration, percent-encoded. */
function codeLink(url: string): string {
  return `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: 'scalekit', type: 'http', url }))}`
}
