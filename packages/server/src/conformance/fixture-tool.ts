import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  type ServerContext,
  type Tool,
} from '@modelcontextprotocol/server'

/** A tool that the MCP conformance suite calls. It does nothing but what the scenario describes. */
export interface FixtureTool {
  readonly definition: Tool
  call(
    args: Readonly<Record<string, unknown>>,
    context: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult>
}

const NO_ARGUMENTS: Tool['inputSchema'] = { type: 'object', properties: {}, additionalProperties: false }

export function fixtureTool(
  name: string,
  description: string,
  call: FixtureTool['call'],
  inputSchema: Tool['inputSchema'] = NO_ARGUMENTS,
): FixtureTool {
  return { definition: { name, description, inputSchema }, call }
}

export function text(value: string): CallToolResult {
  return { content: [{ type: 'text', text: value }] }
}

/** What the client declared with this request (2026-07-28); in a session of 2025-11-25 it is not repeated. */
export function clientDeclares(context: ServerContext, capability: string): boolean {
  const envelope = context.mcpReq.envelope as Readonly<Record<string, unknown>> | undefined
  const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY]
  return typeof declared === 'object' && declared !== null && Object.hasOwn(declared, capability)
}
