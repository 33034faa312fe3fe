import { version } from '../../version.js'

export type Era = '2026-07-28' | '2025-11-25'

/** The request of one JSON-RPC message, as a client of that revision of MCP sends it. */
export function message(
  era: Era,
  method: string,
  params: Readonly<Record<string, unknown>>,
  token?: string,
): RequestInit {
  const modern = era === '2026-07-28'
  const clientInfo = { name: 'scalekit-mcp doctor', version }
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': era,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === 'initialize' ? {} : { 'mcp-protocol-version': era }),
      ...(modern ? { 'mcp-method': method } : {}),
      ...(modern && typeof params.name === 'string' ? { 'mcp-name': params.name } : {}),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: modern
        ? { ...params, _meta }
        : method === 'initialize'
          ? { protocolVersion: era, capabilities: {}, clientInfo }
          : params,
    }),
  }
}
