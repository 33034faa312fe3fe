import type { ServerResponse } from 'node:http'
import { optInToolsets, type Toolset, toolsets } from '../../tool.js'

/** One drawing per toolset, on a grid of 24, in the colour of the text around it. */
const drawings: Readonly<Record<Toolset, string>> = {
  workspace: 'M4 20V8l8-4 8 4v12M9 20v-6h6v6',
  environments: 'M4 7l8-4 8 4-8 4zM4 12l8 4 8-4M4 17l8 4 8-4',
  'redirect-uris': 'M4 12h13M12 6l6 6-6 6M20 4v16',
  organizations: 'M5 21V4h9v17M14 9h5v12M8 8h3M8 12h3M8 16h3M3 21h18',
  users:
    'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21v-2a5 5 0 0 1 5-5h4a5 5 0 0 1 5 5v2M17 4a4 4 0 0 1 0 7M22 21v-2a5 5 0 0 0-3-4.6',
  connections: 'M9 15l6-6M8 11l-3 3a4 4 0 0 0 5 5l3-3M16 13l3-3a4 4 0 0 0-5-5l-3 3',
  'mcp-servers': 'M4 4h16v6H4zM4 14h16v6H4zM8 7h.01M8 17h.01',
  docs: 'M5 4h10l4 4v12H5zM14 4v5h5M8 13h8M8 17h5',
  directories: 'M3 6h6l2 2h10v11H3z',
  domains: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  permissions: 'M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3',
  clients: 'M8 16a5 5 0 1 1 4-8l9 9-2 2-2-1-1 2-2 0-3-3a5 5 0 0 1-3-1zM7 11h.01',
  sessions: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2',
  audit: 'M6 3h12v18H6zM9 8h6M9 12h6M9 16h3',
}

const names: ReadonlySet<string> = new Set([...toolsets, ...optInToolsets])

/** Where clients get the icon of a toolset. */
export function iconUrl(toolset: Toolset, origin: string): string {
  return `${origin}/icons/${toolset}.svg`
}

/** Serves an icon; they are public and hardly ever change. False: there is none at this path. */
export function serveIcon(path: string, res: ServerResponse): boolean {
  const name = /^\/icons\/([a-z-]{1,30})\.svg$/.exec(path)?.[1]
  if (name === undefined || !names.has(name)) return false
  const body = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"><path d="${drawings[name as Toolset]}"/></svg>`
  res.setHeader('Content-Type', 'image/svg+xml')
  res.setHeader('Content-Length', body.length)
  res.setHeader('Cache-Control', 'public, max-age=86400')
  res.setHeader('Content-Security-Policy', "default-src 'none'")
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('Access-Control-Allow-Origin', '*')
  res.end(body)
  return true
}
