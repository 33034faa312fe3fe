import type { Client, EntryOf, Places } from './client.js'
import { entryName, type Server } from './format.js'
import { jsonFormat } from './json-format.js'
import { inApplicationData, inConfig, inHome, join } from './places.js'
import { bridged, bridgeRefuses } from './stdio-bridge.js'
import { codexFormat } from './toml-format.js'
import { yamlFormat } from './yaml-format.js'

const servers = (key: string, entry: EntryOf) => (places: Places) =>
  jsonFormat(() => ({ path: [key], entry: (server) => entry(server, places) }))

/** A client whose file is in a folder that exists when the client is installed. */
const oneFile = (folder: (places: Places) => string, ...file: string[]) => ({
  files: (places: Places) => [join(places, folder(places), ...file)],
  signs: (places: Places) => [folder(places)],
})

/** VS Code, and what is built from it. */
const vscode = (id: string, title: string, folder: string): Client => ({
  id,
  title,
  ...oneFile(inApplicationData(folder, 'User'), 'mcp.json'),
  format: servers('servers', ({ url }) => ({ type: 'http', url })),
  moreAccess: 'step-up',
  next: 'run "MCP: List Servers", start scalekit and sign in',
})

/** Cline, as a program and as an extension. */
const cline = (id: string, title: string, folder: (places: Places) => string): Client => ({
  id,
  title,
  ...oneFile(folder, 'settings', 'cline_mcp_settings.json'),
  format: servers('mcpServers', ({ url }) => ({ type: 'streamableHttp', url, disabled: false })),
  moreAccess: 'url',
  next: 'open its MCP servers and sign in to scalekit',
})

/** Gemini CLI, and what is built from it. */
const gemini = (id: string, title: string, folder: string): Client => ({
  id,
  title,
  ...oneFile(inHome(folder), 'settings.json'),
  format: servers('mcpServers', ({ url, scopes }) => ({
    httpUrl: url,
    ...(scopes ? { oauth: { scopes: [...scopes] } } : {}),
  })),
  moreAccess: 'scopes',
  next: 'type /mcp auth scalekit',
})

const codexHome = (places: Places) => places.codexHome ?? join(places, places.home, '.codex')
const claudeFile = (places: Places) => join(places, places.claudeConfig ?? places.home, '.claude.json')

/** The clients that `scalekit-mcp init` knows, by the settings that apply to all projects of a person. */
export const clients: readonly Client[] = [
  {
    id: 'claude-code',
    title: 'Claude Code',
    files: (places) => [claudeFile(places)],
    signs: (places) => [claudeFile(places), places.claudeConfig ?? join(places, places.home, '.claude')],
    format: servers('mcpServers', ({ url, scopes }) => ({
      type: 'http',
      url,
      ...(scopes ? { oauth: { scopes: scopes.join(' ') } } : {}),
    })),
    moreAccess: 'scopes',
    next: 'type /mcp, choose scalekit and sign in',
  },
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    ...oneFile(inApplicationData('Claude'), 'claude_desktop_config.json'),
    format: servers('mcpServers', bridged),
    refuses: bridgeRefuses,
    moreAccess: 'step-up',
    next: 'quit and start it again',
  },
  {
    id: 'cursor',
    title: 'Cursor',
    ...oneFile(inHome('.cursor'), 'mcp.json'),
    format: servers('mcpServers', ({ url }) => ({ url })),
    moreAccess: 'url',
    next: 'open Settings, Tools & MCP, and sign in',
  },
  vscode('vscode', 'VS Code', 'Code'),
  vscode('vscode-insiders', 'VS Code Insiders', 'Code - Insiders'),
  vscode('vscodium', 'VSCodium', 'VSCodium'),
  {
    id: 'windsurf',
    title: 'Windsurf',
    ...oneFile(inHome('.codeium', 'windsurf'), 'mcp_config.json'),
    format: servers('mcpServers', ({ url }) => ({ serverUrl: url })),
    moreAccess: 'url',
    next: 'refresh the MCP servers in its settings and sign in',
  },
  {
    id: 'copilot-cli',
    title: 'Copilot CLI',
    ...oneFile(inHome('.copilot'), 'mcp-config.json'),
    format: servers('mcpServers', ({ url }) => ({ type: 'http', url, tools: ['*'] })),
    moreAccess: 'step-up',
    next: 'start copilot and sign in',
  },
  gemini('gemini-cli', 'Gemini CLI', '.gemini'),
  gemini('qwen-code', 'Qwen Code', '.qwen'),
  {
    id: 'codex',
    title: 'Codex',
    ...oneFile(codexHome, 'config.toml'),
    format: () => codexFormat,
    moreAccess: 'scopes',
    next: 'run codex mcp login scalekit',
  },
  {
    id: 'opencode',
    title: 'opencode',
    files: (places) => ['opencode.json', 'opencode.jsonc'].map((name) => inConfig('opencode', name)(places)),
    signs: (places) => [inConfig('opencode')(places)],
    format: () => jsonFormat((settings) => (hasServers(settings) ? opencode2 : opencode1)),
    moreAccess: 'url',
    next: 'run opencode mcp auth scalekit',
  },
  {
    id: 'kilo',
    title: 'Kilo',
    files: (places) => ['kilo.jsonc', 'kilo.json'].map((name) => inConfig('kilo', name)(places)),
    signs: (places) => [inConfig('kilo')(places)],
    format: () => jsonFormat(() => opencode1),
    moreAccess: 'url',
    next: 'run kilo mcp auth scalekit, or sign in at Settings, MCP Servers',
  },
  cline('cline', 'Cline', inHome('.cline', 'data')),
  cline(
    'cline-vscode',
    'Cline for VS Code',
    inApplicationData('Code', 'User', 'globalStorage', 'saoudrizwan.claude-dev'),
  ),
  {
    id: 'mcporter',
    title: 'mcporter',
    files: (places) => ['mcporter.json', 'mcporter.jsonc'].map((name) => inHome('.mcporter', name)(places)),
    signs: (places) => [inHome('.mcporter')(places)],
    format: servers('mcpServers', ({ url }) => ({ baseUrl: url, auth: 'oauth' })),
    moreAccess: 'url',
    next: 'run mcporter auth scalekit',
  },
  {
    id: 'zed',
    title: 'Zed',
    files: (places) => [join(places, zedFolder(places), 'settings.json')],
    signs: (places) => [zedFolder(places)],
    format: servers('context_servers', ({ url }) => ({ url })),
    moreAccess: 'url',
    next: 'open the settings of its agent and sign in to scalekit',
  },
  {
    id: 'kiro',
    title: 'Kiro',
    ...oneFile(inHome('.kiro'), 'settings', 'mcp.json'),
    format: servers('mcpServers', ({ url }) => ({ url })),
    moreAccess: 'url',
    next: 'open its MCP servers and sign in to scalekit',
  },
  {
    id: 'goose',
    title: 'Goose',
    ...oneFile(gooseFolder, 'config.yaml'),
    format: () =>
      yamlFormat('extensions', ({ url }) => ({
        enabled: true,
        type: 'streamable_http',
        name: entryName,
        description: 'Scalekit',
        uri: url,
        timeout: 300,
      })),
    moreAccess: 'url',
    next: 'start it and sign in',
  },
  {
    id: 'lm-studio',
    title: 'LM Studio',
    ...oneFile(inHome('.lmstudio'), 'mcp.json'),
    format: servers('mcpServers', ({ url }) => ({ url })),
    moreAccess: 'url',
    next: 'open Program, turn scalekit on and sign in',
  },
  {
    id: 'junie',
    title: 'Junie (JetBrains)',
    ...oneFile(inHome('.junie'), 'mcp', 'mcp.json'),
    format: servers('mcpServers', bridged),
    refuses: bridgeRefuses,
    moreAccess: 'step-up',
    next: 'turn scalekit on at Tools, Junie, MCP Settings, and sign in',
  },
]

const opencode1 = { path: ['mcp'], entry: ({ url }: Server) => ({ type: 'remote', url, enabled: true }) }
const opencode2 = { path: ['mcp', 'servers'], entry: ({ url }: Server) => ({ type: 'remote', url }) }

/** Version 2 of opencode keeps servers under `mcp.servers`, where version 1 has them directly under `mcp` and accepts nothing else. */
function hasServers(settings: unknown): boolean {
  const { mcp } = Object(settings) as { mcp?: unknown }
  const { servers } = Object(mcp) as { servers?: unknown }
  // A server of version 1 may have that name.
  return typeof servers === 'object' && servers !== null && !('type' in servers) && !('enabled' in servers)
}

function gooseFolder(places: Places): string {
  return places.platform === 'win32'
    ? inApplicationData('Block', 'goose', 'config')(places)
    : inConfig('goose')(places)
}

function zedFolder(places: Places): string {
  return places.platform === 'win32' ? inApplicationData('Zed')(places) : inConfig('zed')(places)
}
