import type { Shot } from './load.js'

export type Era = '2026-07-28' | '2025-11-25'

/** A verified caller: its token, and the subject that its answers have to name. */
export interface BenchCaller {
  readonly token: string
  readonly subject: string
}

export interface Workload {
  readonly name: string
  readonly era?: Era
  /** Whether the management API is called. */
  readonly upstream: boolean
  /** @param host of the server, as clients reach it */
  shoot(host: string, callers: readonly BenchCaller[]): (id: number) => Shot
}

const eras: readonly Era[] = ['2026-07-28', '2025-11-25']

const meta = (era: Era) =>
  era === '2026-07-28'
    ? {
        _meta: {
          'io.modelcontextprotocol/protocolVersion': era,
          'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      }
    : {}

/** Callers take turns, so that a limit for each is not met and nobody's answer may be another's. */
function mcp(
  era: Era,
  method: string,
  params: object,
  marker: (caller: BenchCaller) => string,
): Workload['shoot'] {
  return (host, callers) => {
    const name = Object(params).name as string | undefined
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 7_777_777,
      method,
      params: { ...params, ...meta(era) },
    })
    const routing =
      era === '2026-07-28' ? `mcp-method: ${method}\r\n${name ? `mcp-name: ${name}\r\n` : ''}` : ''
    const templates = callers.map(({ token }) =>
      `POST /mcp HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\nmcp-protocol-version: ${era}\r\n${routing}content-length: ${body.length}\r\n\r\n${body}`.split(
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

function get(path: string, status: number, marker: string): Workload['shoot'] {
  return (host) => {
    const bytes = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
    return () => ({ bytes, isGood: (got, body) => got === status && body.includes(marker) })
  }
}

function unauthorized(host: string): (id: number) => Shot {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })
  const bytes = Buffer.from(
    `POST /mcp HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\nmcp-protocol-version: 2025-11-25\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  return () => ({ bytes, isGood: (status) => status === 401 })
}

export const workloads: readonly Workload[] = [
  ...eras.flatMap((era): Workload[] => [
    {
      name: 'tools/list',
      era,
      upstream: false,
      shoot: mcp(era, 'tools/list', {}, () => '"list_organizations"'),
    },
    {
      name: 'tools/call',
      era,
      upstream: false,
      shoot: mcp(era, 'tools/call', { name: 'whoami', arguments: {} }, ({ subject }) => subject),
    },
    {
      name: 'tools/call with upstream',
      era,
      upstream: true,
      shoot: mcp(
        era,
        'tools/call',
        { name: 'list_environments', arguments: {} },
        ({ subject }) => `of ${subject}`,
      ),
    },
  ]),
  { name: '401', upstream: false, shoot: unauthorized },
  {
    name: 'metadata',
    upstream: false,
    shoot: get('/.well-known/oauth-protected-resource/mcp', 200, '"authorization_servers"'),
  },
]
