/** One client's configuration as a person keeps it, and what stands in it after `init`. */
export interface Configuration {
  readonly client: string
  readonly file: string
  readonly text: string
  /** What `init` puts in, as it stands in the text. */
  readonly added: string
}

const url = 'http://localhost:3002/mcp'

/** The clients' real formats, with comments, keys that nobody knows, and each a different way to write. */
export const configurations: readonly Configuration[] = [
  {
    client: 'claude-code',
    file: '.claude.json',
    text: '{\n  "numStartups": 41,\n  "tipsHistory": {"new-user-warmup": 1},\n  "mcpServers": {\n    "github": {\n      "type": "http",\n      "url": "https://api.githubcopilot.com/mcp/",\n      "headers": { "Authorization": "Bearer ghp_kept" }\n    }\n  },\n  "projects": {\n    "/home/ada/shop": { "allowedTools": [], "mcpServers": {} }\n  },\n  "userID": "5f1c"\n}',
    added: `    "scalekit": {\n      "type": "http",\n      "url": "${url}"\n    }\n  },\n  "projects"`,
  },
  {
    client: 'claude-desktop',
    file: '.config/Claude/claude_desktop_config.json',
    text: '{\n\t"globalShortcut": "Ctrl+Space",\n\t"mcpServers": {}\n}\n',
    added: `\t"mcpServers": {\n\t\t"scalekit": {\n\t\t\t"command": "npx",\n\t\t\t"args": [\n\t\t\t\t"-y",\n\t\t\t\t"mcp-remote@0.15.1",\n\t\t\t\t"${url}"\n\t\t\t]\n\t\t}\n\t}`,
  },
  {
    client: 'cursor',
    file: '.cursor/mcp.json',
    text: '{"mcpServers": {"linear": {"url": "https://mcp.linear.app/sse"}}}\n',
    added: `, "scalekit": {"url":"${url}"}}}`,
  },
  {
    client: 'vscode',
    file: '.config/Code/User/mcp.json',
    text: '{\r\n    // Asked for once, kept by VS Code\r\n    "inputs": [\r\n        { "type": "promptString", "id": "key", "password": true },\r\n    ],\r\n    "servers": {\r\n        "playwright": { /* local */ "command": "npx", "args": ["@playwright/mcp@latest"] }, // pinned by hand\r\n        // "old": { "url": "https://old.example.com" },\r\n    },\r\n}\r\n',
    added: `// pinned by hand\r\n        "scalekit": {\r\n            "type": "http",\r\n            "url": "${url}"\r\n        },\r\n        // "old"`,
  },
  {
    client: 'windsurf',
    file: '.codeium/windsurf/mcp_config.json',
    text: '\uFEFF{\n  "mcpServers": {\n    "figma": { "serverUrl": "http://127.0.0.1:3845/mcp", "disabled": true } // design\n  }\n}\n',
    added: `"disabled": true }, // design\n    "scalekit": {\n      "serverUrl": "${url}"\n    }\n  }`,
  },
  {
    client: 'gemini-cli',
    file: '.gemini/settings.json',
    text: '{\n  "theme": "GitHub", // dark hurts\n  "selectedAuthType": "oauth-personal",\n  "unknown": {"deep": [1, 2, {"x": null}]}\n}\n',
    added: `,\n  "mcpServers": {\n    "scalekit": {\n      "httpUrl": "${url}"\n    }\n  }\n}`,
  },
  {
    client: 'codex',
    file: '.codex/config.toml',
    text: '# mine\nmodel = "gpt-5" # the default\napproval_policy = "on-request"\n\n[mcp_servers.context7]\ncommand = "npx"\nargs = [\n  "-y", # no question\n  "@upstash/context7-mcp",\n]\n\n[projects."/home/ada/shop"]\ntrust_level = "trusted"\n',
    added: `\n[mcp_servers.scalekit]\nurl = "${url}"\n`,
  },
  {
    client: 'opencode',
    file: '.config/opencode/opencode.jsonc',
    text: '{\n  "$schema": "https://opencode.ai/config.json",\n  "mcp": {\n    // version 1 keeps servers here\n    "jira": { "type": "remote", "url": "https://jira.example.com/mcp", "enabled": true },\n  },\n}\n',
    added: `    "scalekit": {\n      "type": "remote",\n      "url": "${url}",\n      "enabled": true\n    },\n  },\n}`,
  },
]
