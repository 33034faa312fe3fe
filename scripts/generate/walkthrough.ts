import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { createLog, loadConfig, startServer } from 'scalekit-mcp'
import { localEnvironment } from '../../packages/server/src/cli/dev.js'
import { allScopes, patient, untilKeysKnown } from '../../packages/server/test/server-under-test.js'
import { freePort, mintToken } from '../../test/harness/program.js'

const DEV = 'env_100000000000000001'

type Step =
  | { says: string }
  | { tool: string; args: Record<string, unknown>; keep?: (result: Result) => void }
type Result = Record<string, unknown>

interface Conversation {
  readonly title: string
  readonly asks: string
  readonly scopes: readonly string[]
  steps(memory: Record<string, string>): Step[]
}

const idOf = (result: Result, object: string) => (result[object] as { id: string }).id

const conversations: readonly Conversation[] = [
  {
    title: 'Set up a customer',
    asks: 'Set up our new customer Northern Lights in Development. Their administrator is ingrid@northernlights.example; they use Okta.',
    scopes: allScopes,
    steps: (memory) => [
      { tool: 'list_environments', args: {} },
      {
        tool: 'create_organization',
        args: { environmentId: DEV, name: 'Northern Lights', externalId: 'northern-lights' },
        keep: (result) => {
          memory.organization = idOf(result, 'organization')
        },
      },
      {
        tool: 'create_organization_user',
        args: {
          environmentId: DEV,
          get organizationId() {
            return memory.organization
          },
          email: 'ingrid@northernlights.example',
        },
      },
      {
        tool: 'create_organization_connection',
        args: {
          environmentId: DEV,
          get organizationId() {
            return memory.organization
          },
          provider: 'OKTA',
          type: 'OIDC',
        },
      },
      { says: 'The client asks the person to open a link; the agent never sees it.' },
      {
        tool: 'generate_admin_portal_link',
        args: {
          environmentId: DEV,
          get organizationId() {
            return memory.organization
          },
          feature: 'sso',
        },
      },
    ],
  },
  {
    title: 'Protect an MCP server',
    asks: 'Protect my MCP server at https://notes.example.com/mcp with Scalekit.',
    scopes: allScopes,
    steps: () => [
      { tool: 'list_mcp_servers', args: { environmentId: DEV } },
      {
        tool: 'register_mcp_server',
        args: {
          environmentId: DEV,
          name: 'Notes',
          url: 'https://notes.example.com/mcp',
          scopes: ['notes:read', 'notes:write'],
        },
      },
    ],
  },
  {
    title: 'Find out why a user cannot sign in',
    asks: 'eve@umbrella.example says that she cannot sign in. What is wrong? Mend it if it is harmless.',
    scopes: allScopes,
    steps: () => [
      { tool: 'list_organizations', args: { environmentId: DEV, pageSize: 100 } },
      {
        tool: 'list_organization_users',
        args: { environmentId: DEV, organizationId: 'org_100000000000000004' },
      },
      { says: 'Her invitation is still pending. Is there a connection that she could use instead?' },
      {
        tool: 'list_organization_connections',
        args: { environmentId: DEV, organizationId: 'org_100000000000000004' },
      },
      {
        tool: 'resend_invitation',
        args: {
          environmentId: DEV,
          organizationId: 'org_100000000000000004',
          userId: 'usr_100000000000000105',
        },
      },
    ],
  },
]

/** Runs three conversations against the local environment and writes them down. What differs from run to run is replaced. */
export async function walkthrough(): Promise<string> {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: url })
  const config = loadConfig({ ...localEnvironment(local, url), PORT: String(port) }, {})
  const server = await startServer({ ...config, timeouts: patient }, createLog('silent'))
  await untilKeysKnown(url)
  const parts: string[] = []
  for (const conversation of conversations) {
    const token = await mintToken({ localUrl: local.url }, { scopes: conversation.scopes, resource: url })
    parts.push(await hold(conversation, url, token))
  }
  await server.stop()
  await local.close()
  const text = parts.join('\n').replaceAll(`localhost:${local.port}`, 'localhost:8787')
  return `# Three conversations

What an agent calls and what it gets, as it really happened, by \`npm run generate\`, against the local environment. Long lists are
cut; ids and times that differ from run to run are replaced.

${stable(text)}`
}

async function hold({ title, asks, steps }: Conversation, url: string, token: string): Promise<string> {
  const client = new Client(
    { name: 'walkthrough', version: '1' },
    { capabilities: { elicitation: { form: {}, url: {} } }, versionNegotiation: { mode: 'auto' } },
  )
  client.setRequestHandler('elicitation/create', async () => ({ action: 'accept' }))
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  const lines = [`## ${title}`, '', `> ${asks}`, '']
  for (const step of steps({})) {
    if ('says' in step) {
      lines.push(step.says, '')
      continue
    }
    const args = { ...step.args }
    const result = await client.callTool({ name: step.tool, arguments: args })
    if (result.isError) throw new Error(`${step.tool}: ${JSON.stringify(result.content)}`)
    step.keep?.(result.structuredContent as Result)
    lines.push(
      `\`${step.tool}\``,
      '',
      '```json',
      JSON.stringify(args),
      '```',
      '',
      '```json',
      shown(result.structuredContent),
      '```',
      '',
    )
  }
  await client.close()
  return lines.join('\n')
}

function shown(result: unknown): string {
  const { items } = result as { items?: unknown[] }
  const short =
    items && items.length > 2
      ? { ...(result as object), items: [...items.slice(0, 2), `… ${items.length - 2} more`] }
      : result
  return JSON.stringify(short, null, 2)
}

/** Ids of the seed stay; others become 200000000000000001 and so on, in the order in which they appear. */
function stable(text: string): string {
  const known = new Map<string, string>()
  return text
    .replace(/\b([a-z]+)_(\d{18})\b/g, (whole, prefix: string, digits: string) => {
      if (digits.startsWith('1000000000000')) return whole
      const next = known.get(digits) ?? String(200_000_000_000_000_001n + BigInt(known.size))
      known.set(digits, next)
      return `${prefix}_${next}`
    })
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-11-22T12:00:00.000Z')
    .replace(/"keyId": "[^"]+"/g, '"keyId": "okta-1a2b3c4d"')
}
