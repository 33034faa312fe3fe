import { ProtocolError, ProtocolErrorCode, type ReadResourceResult } from '@modelcontextprotocol/server'
import { readView } from '../apps/ui-resources.js'
import type { Docs } from '../docs-search/docs.js'
import { toToolError } from '../errors.js'
import type { Redact } from '../observe/redact.js'
import { readDocs } from './docs-resources.js'
import { type CallTool, readObject } from './object-resources.js'

/**
 * Reads a resource: a document, the page of a view, or an object of Scalekit.
 *
 * @throws ProtocolError -32602 when there is none for this caller (MCP 2026-07-28, server/resources)
 */
export async function readResource(
  uri: string,
  { docs, redact }: { readonly docs: Docs; readonly redact: Redact },
  callTool: CallTool,
): Promise<ReadResourceResult> {
  const view = readView(uri)
  if (view) return view
  const found = (await readDocs(uri, docs).catch(refuse)) ?? (await readObject(uri, callTool))
  if (!found) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such resource for you')
  return redact(found)
}

/** What the documentation cannot answer is told as an agent may read it. */
function refuse(cause: unknown): never {
  const { code, message, nextStep } = toToolError(cause)
  const wrong = code === 'not_found' ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
  throw new ProtocolError(wrong, `${message} ${nextStep}`)
}
