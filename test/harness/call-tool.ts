import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { untilServed } from './until-served.js'

export const eras = ['2026-07-28', '2025-11-25'] as const
export type Era = (typeof eras)[number]

interface Server {
  readonly url: string
  readonly token: string
}

/** Calls a tool with the official client of a revision, and returns its structured result. */
export function callTool(
  era: Era,
  server: Server,
  name: string,
  args: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const send = () => callOnce(era, server, name, args)
  return isRead(name) ? untilServed(send, /\b503\b|upstream_timeout|upstream_unavailable/) : untilServed(send)
}

/** It may be repeated when the server missed its deadline. */
const isRead = (name: string) => /^(list|get|search)_|^whoami$/.test(name)

async function callOnce(
  era: Era,
  { url, token }: Server,
  name: string,
  args: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  const info = { name: 'test', version: '1' }
  const client = era === '2026-07-28' ? await modern() : await legacy()
  try {
    const result = await client.callTool({ name, arguments: args })
    if (result.isError) throw new Error(`${name}: ${JSON.stringify(result.content)}`)
    return result.structuredContent as Record<string, unknown>
  } finally {
    await client.close()
  }

  async function modern() {
    const client = new Client(info, { versionNegotiation: { mode: 'auto' } })
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
    return client
  }

  async function legacy() {
    const client = new LegacyClient(info)
    await client.connect(new LegacyTransport(new URL(url), { requestInit }))
    return client as unknown as Client
  }
}
