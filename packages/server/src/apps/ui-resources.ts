import type { ReadResourceResult } from '@modelcontextprotocol/server'
import { viewPage } from './view-page.js'
import { views } from './views.js'

/** MCP Apps 2026-01-26: the name of the extension, and of the one kind of view that there is. */
const EXTENSION = 'io.modelcontextprotocol/ui'
const MIME_TYPE = 'text/html;profile=mcp-app'

const uriOf = (tool: string) => `ui://scalekit/${tool}`
const pages: ReadonlyMap<string, string> = new Map(views.map((view) => [uriOf(view.tool), viewPage(view)]))

/**
 * Whether results may be shown in a view. A client says so with each request (2026-07-28) or at the start of its
 * session; a request of 2025-11-25 that stands alone does not tell, and a client that does not know views ignores them.
 *
 * @param capabilities of the client; undefined where the request does not tell
 */
export function showsViews(capabilities: unknown): boolean {
  if (capabilities === undefined) return true
  const { extensions } = Object(capabilities) as { extensions?: Readonly<Record<string, unknown>> }
  const { mimeTypes } = Object(extensions?.[EXTENSION]) as { mimeTypes?: unknown }
  return Array.isArray(mimeTypes) && mimeTypes.includes(MIME_TYPE)
}

/** What `tools/list` says of a tool whose result has a view. */
export function viewOfTool(tool: string): { _meta: { ui: { resourceUri: string } } } | undefined {
  const resourceUri = uriOf(tool)
  return pages.has(resourceUri) ? { _meta: { ui: { resourceUri } } } : undefined
}

/** The page of a view. It holds no data: the client hands the result over. */
export function readView(uri: string): ReadResourceResult | undefined {
  const text = pages.get(uri)
  if (text === undefined) return undefined
  return { contents: [{ uri, mimeType: MIME_TYPE, text, _meta: { ui: { prefersBorder: true } } }] }
}
