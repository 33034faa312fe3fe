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
  {
    client: 'vscode-insiders',
    file: '.config/Code - Insiders/User/mcp.json',
    text: '{\n\t"servers": {}\n}\n',
    added: `\t"servers": {\n\t\t"scalekit": {\n\t\t\t"type": "http",\n\t\t\t"url": "${url}"\n\t\t}\n\t}`,
  },
  {
    client: 'vscodium',
    file: '.config/VSCodium/User/mcp.json',
    text: '{"servers": {}}\n',
    added: `"servers": {\n  "scalekit": {\n    "type": "http",\n    "url": "${url}"\n  }\n}}`,
  },
  {
    client: 'copilot-cli',
    file: '.copilot/mcp-config.json',
    text: '{"mcpServers": {"docs": {"type": "http", "url": "https://docs.example.com/mcp", "tools": ["*"]}}}',
    added: `, "scalekit": {"type":"http","url":"${url}","tools":["*"]}}}`,
  },
  {
    client: 'qwen-code',
    file: '.qwen/settings.json',
    text: '{\n  "model": {"name": "qwen3-coder-plus"}\n}\n',
    added: `"mcpServers": {\n    "scalekit": {\n      "httpUrl": "${url}"\n    }\n  }\n}`,
  },
  {
    client: 'kilo',
    file: '.config/kilo/kilo.jsonc',
    text: '{\n  // kept by hand\n  "mcp": {\n    "ci": { "type": "local", "command": ["ci-mcp"], "enabled": true }\n  }\n}\n',
    added: `"scalekit": {\n      "type": "remote",\n      "url": "${url}",\n      "enabled": true\n    }`,
  },
  {
    client: 'cline',
    file: '.cline/data/settings/cline_mcp_settings.json',
    text: '{\n  "mcpServers": {\n    "local-server": { "command": "node", "args": ["/srv/mcp.js"], "disabled": false, "autoApprove": [] }\n  }\n}\n',
    added: `"scalekit": {\n      "type": "streamableHttp",\n      "url": "${url}",\n      "disabled": false\n    }`,
  },
  {
    client: 'cline-vscode',
    file: '.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
    text: '{\n  "mcpServers": {\n  }\n}',
    added: `"scalekit": {\n      "type": "streamableHttp",\n      "url": "${url}",\n      "disabled": false\n    }`,
  },
  {
    client: 'mcporter',
    file: '.mcporter/mcporter.json',
    text: '{\n  // shared by all projects\n  "mcpServers": {\n    "linear": { "baseUrl": "https://mcp.linear.app/mcp", "auth": "oauth" }\n  },\n  "imports": ["cursor"]\n}\n',
    added: `"scalekit": {\n      "baseUrl": "${url}",\n      "auth": "oauth"\n    }`,
  },
  {
    client: 'zed',
    file: '.config/zed/settings.json',
    text: '// Zed settings\n{\n  "theme": "One Dark",\n  "context_servers": {\n    "local": { "command": "mcp", "args": [], "env": {} },\n  },\n}\n',
    added: `    "scalekit": {\n      "url": "${url}"\n    },\n  },\n}`,
  },
  {
    client: 'kiro',
    file: '.kiro/settings/mcp.json',
    text: '{\n  "mcpServers": {\n    "api": { "url": "https://api.example.com/mcp", "headers": { "X-Kept": "1" }, "disabled": true }\n  }\n}\n',
    added: `"scalekit": {\n      "url": "${url}"\n    }`,
  },
  {
    client: 'lm-studio',
    file: '.lmstudio/mcp.json',
    text: '{\n  "mcpServers": {}\n}',
    added: `"scalekit": {\n      "url": "${url}"\n    }`,
  },
  {
    client: 'junie',
    file: '.junie/mcp/mcp.json',
    text: '{\n    "mcpServers": {\n        "files": { "command": "npx", "args": ["-y", "files-mcp"] }\n    }\n}\n',
    added: `"command": "npx",\n            "args": [\n                "-y",\n                "mcp-remote@0.15.1",\n                "${url}"`,
  },
  {
    client: 'goose',
    file: '.config/goose/config.yaml',
    text: '# mine\nGOOSE_MODEL: gpt-5 # the default\nextensions:\n  developer:\n    enabled: true\n    type: builtin\n    timeout: 300\n  # pinned\n  files:\n    enabled: false\n    type: stdio\n    cmd: npx\n    args: ["-y", "files-mcp"]\nGOOSE_MODE: smart_approve\n',
    added: `    args: ["-y", "files-mcp"]\n  scalekit:\n    enabled: true\n    type: streamable_http\n    name: scalekit\n    description: Scalekit\n    uri: ${url}\n    timeout: 300\nGOOSE_MODE`,
  },
]
