import type { PromptDefinition } from './prompt.js'

export default {
  name: 'protect_mcp_server',
  title: 'Protect my MCP server',
  description: 'Register an MCP server in Scalekit and add OAuth to its code.',
  arguments: [
    {
      name: 'url',
      description: 'URL at which clients reach the server, like https://mcp.acme.com/mcp.',
      required: true,
    },
    { name: 'environmentId', description: 'Environment, like env_100000000000000001.', required: false },
  ],
  text: (value) => `Protect my MCP server with Scalekit.

URL: ${value('url')}
Environment: ${value('environmentId')} (when empty: list the environments and ask me which one)

1. Look in list_mcp_servers whether the URL is registered already.
2. Read the code of the server and propose one scope per group of tools; writes apart from reads. Ask me.
3. register_mcp_server with the URL exactly as above: it is the audience of the tokens, a slash at the end would be another one.
4. Put the metadata and the lines that the tool answers into the server. Check the scopes of a call before its tool runs.
5. Start the server and check that a request without a token gets 401 with WWW-Authenticate, and that the metadata URL in it answers.`,
} satisfies PromptDefinition
