import { posix, win32 } from 'node:path'
import type { Client, Places } from './client.js'
import { jsonFormat } from './json-format.js'
import { codexFormat } from './toml-format.js'

/** Claude Desktop starts processes only; this one carries the sign-in to a server at a URL. */
const bridge = 'mcp-remote@0.15.1'

const servers = (key: string, entry: (url: string) => Record<string, unknown>) =>
  jsonFormat(() => ({ path: [key], entry }))

/** The clients that `scalekit-mcp init` knows, by the settings that apply to all projects of a person. */
export const clients: readonly Client[] = [
  {
    id: 'claude-code',
    title: 'Claude Code',
    files: (places) => [join(places, places.claudeConfig ?? places.home, '.claude.json')],
    signs: (places) => [
      join(places, places.claudeConfig ?? places.home, '.claude.json'),
      places.claudeConfig ?? join(places, places.home, '.claude'),
    ],
    format: servers('mcpServers', (url) => ({ type: 'http', url })),
    next: 'type /mcp, choose scalekit and sign in',
  },
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    files: (places) => [join(places, applicationData(places), 'Claude', 'claude_desktop_config.json')],
    signs: (places) => [join(places, applicationData(places), 'Claude')],
    format: servers('mcpServers', (url) => ({ command: 'npx', args: ['-y', bridge, url] })),
    next: 'quit and start it again',
  },
  {
    id: 'cursor',
    title: 'Cursor',
    files: (places) => [join(places, places.home, '.cursor', 'mcp.json')],
    signs: (places) => [join(places, places.home, '.cursor')],
    format: servers('mcpServers', (url) => ({ url })),
    next: 'open Settings, Tools & MCP, and sign in',
  },
  {
    id: 'vscode',
    title: 'VS Code',
    files: (places) => [join(places, applicationData(places), 'Code', 'User', 'mcp.json')],
    signs: (places) => [join(places, applicationData(places), 'Code', 'User')],
    format: servers('servers', (url) => ({ type: 'http', url })),
    next: 'run "MCP: List Servers", start scalekit and sign in',
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    files: (places) => [join(places, places.home, '.codeium', 'windsurf', 'mcp_config.json')],
    signs: (places) => [join(places, places.home, '.codeium', 'windsurf')],
    format: servers('mcpServers', (url) => ({ serverUrl: url })),
    next: 'refresh the MCP servers in its settings and sign in',
  },
  {
    id: 'gemini-cli',
    title: 'Gemini CLI',
    files: (places) => [join(places, places.home, '.gemini', 'settings.json')],
    signs: (places) => [join(places, places.home, '.gemini')],
    format: servers('mcpServers', (url) => ({ httpUrl: url })),
    next: 'type /mcp auth scalekit',
  },
  {
    id: 'codex',
    title: 'Codex',
    files: (places) => [join(places, codexHome(places), 'config.toml')],
    signs: (places) => [codexHome(places)],
    format: codexFormat,
    next: 'run codex mcp login scalekit',
  },
  {
    id: 'opencode',
    title: 'opencode',
    files: (places) =>
      ['opencode.json', 'opencode.jsonc'].map((name) => join(places, xdgConfig(places), 'opencode', name)),
    signs: (places) => [join(places, xdgConfig(places), 'opencode')],
    format: jsonFormat((settings) => (hasVersion1(settings) ? version1 : version2)),
    next: 'run opencode mcp auth scalekit',
  },
]

const version1 = { path: ['mcp'], entry: (url: string) => ({ type: 'remote', url, enabled: true }) }
const version2 = { path: ['mcp', 'servers'], entry: (url: string) => ({ type: 'remote', url }) }

/** Version 1 of opencode keeps servers directly under `mcp`, version 2 one step deeper. */
function hasVersion1(settings: unknown): boolean {
  const mcp = (settings as { mcp?: unknown }).mcp
  return (
    typeof mcp === 'object' &&
    mcp !== null &&
    Object.entries(mcp).some(
      ([name, entry]) =>
        name !== 'servers' &&
        typeof entry === 'object' &&
        entry !== null &&
        ('type' in entry || 'enabled' in entry),
    )
  )
}

/** Paths are made for the platform that is asked about. */
function join({ platform }: Places, ...parts: string[]): string {
  return platform === 'win32' ? win32.join(...parts) : posix.join(...parts)
}

/** Where applications keep a person's settings. */
function applicationData(places: Places): string {
  if (places.platform === 'win32') return places.appData ?? join(places, places.home, 'AppData', 'Roaming')
  if (places.platform === 'darwin') return join(places, places.home, 'Library', 'Application Support')
  return xdgConfig(places)
}

function xdgConfig(places: Places): string {
  return places.xdgConfig ?? join(places, places.home, '.config')
}

function codexHome(places: Places): string {
  return places.codexHome ?? join(places, places.home, '.codex')
}
