import { agents, type Client, plain, type Revision } from './clients.js'
import type { Shot } from './load.js'

/** A verified caller: its token, and the subject that its answers have to name. */
export interface BenchCaller {
  readonly token: string
  readonly subject: string
}

/** Where the requests of a server go. */
export interface Target {
  /** As clients reach it. */
  readonly host: string
  /** Of its MCP endpoint. */
  readonly path: string
  readonly callers: readonly BenchCaller[]
  /** Clients with a token of their own, without a person and without scopes: nothing is read for them. */
  readonly machines: readonly BenchCaller[]
}

export interface Workload {
  readonly name: string
  readonly revision?: Revision
  /** Whose requests they are; undefined where there is nothing in them that clients send differently. */
  readonly client?: string
  shoot(target: Target): (id: number) => Shot
}

const metaOf = (revision: Revision, own: object | undefined) => {
  if (revision !== '2026-07-28') return own ? { _meta: own } : {}
  return {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': revision,
      'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
      ...own,
    },
  }
}

/** Callers take turns, so that a limit for each is not met and nobody's answer may be another's. */
function mcp(
  revision: Revision,
  method: string,
  params: object,
  marker: (caller: BenchCaller) => string,
): Workload['shoot'] {
  return ({ host, path, callers }) => {
    const name = Object(params).name as string | undefined
    const body = JSON.stringify({ jsonrpc: '2.0', id: 7_777_777, method, params })
    const routing =
      revision === '2026-07-28' ? `mcp-method: ${method}\r\n${name ? `mcp-name: ${name}\r\n` : ''}` : ''
    const templates = callers.map(({ token }) =>
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\nmcp-protocol-version: ${revision}\r\n${routing}content-length: ${body.length}\r\n\r\n${body}`.split(
        '7777777',
      ),
    )
    const markers = callers.map(marker)
    return (id) => {
      const turn = id % callers.length
      const [before = '', after = ''] = templates[turn] ?? []
      const expected = markers[turn] ?? ''
      return {
        bytes: Buffer.from(`${before}${id}${after}`, 'latin1'),
        isGood: (status, answer) =>
          status === 200 &&
          answer.includes(`"id":${id}`) &&
          answer.includes(expected) &&
          !answer.includes('"isError":true'),
      }
    }
  }
}

const list = (revision: Revision, { name, list }: Client): Workload => ({
  name: 'tools/list',
  revision,
  client: name,
  shoot: mcp(revision, 'tools/list', metaOf(revision, list), () => '"list_organizations"'),
})

function calls(revision: Revision, { name: client, call }: Client): Workload[] {
  const workload = (
    name: string,
    tool: string,
    args: object,
    marker: (caller: BenchCaller) => string,
  ): Workload => ({
    ...{ name, revision, client },
    shoot: mcp(revision, 'tools/call', { name: tool, arguments: args, ...metaOf(revision, call) }, marker),
  })
  const whoami = workload('tools/call', 'whoami', {}, ({ subject }) => subject)
  return [
    { ...whoami, shoot: (target) => whoami.shoot({ ...target, callers: target.machines }) },
    workload('tools/call with upstream', 'list_environments', {}, ({ subject }) => `of ${subject}`),
    workload(
      'tools/call that writes',
      'create_organization',
      { environmentId: 'env_1', name: 'Acme' },
      ({ subject }) => `of ${subject}`,
    ),
  ]
}

function get(path: (mcp: string) => string, status: number, marker: string): Workload['shoot'] {
  return ({ host, path: mcpPath }) => {
    const bytes = Buffer.from(`GET ${path(mcpPath)} HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
    return () => ({ bytes, isGood: (got, body) => got === status && body.includes(marker) })
  }
}

function unauthorized({ host, path }: Target): (id: number) => Shot {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })
  const bytes = Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\nmcp-protocol-version: 2025-11-25\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  return () => ({ bytes, isGood: (status) => status === 401 })
}

const METADATA = '/.well-known/oauth-protected-resource'

export const workloads: readonly Workload[] = [
  ...[plain, ...agents].flatMap((client) =>
    client.revisions.flatMap((revision) => [
      // An agent whose request for the list is plain is measured as that.
      ...(client === plain || client.list ? [list(revision, client)] : []),
      ...calls(revision, client),
    ]),
  ),
  { name: '401', shoot: unauthorized },
  {
    name: 'metadata',
    shoot: get((path) => (path === '/' ? METADATA : `${METADATA}${path}`), 200, '"authorization_servers"'),
  },
]
