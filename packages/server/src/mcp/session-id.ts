import type { ClientCapabilities } from '@modelcontextprotocol/server'
import type { Caller, Secret } from '@scalekit-mcp/auth'
import { identityOf, isCanonical } from '@scalekit-mcp/auth/server'
import { createValueSeal } from '../shared/sealed-value.js'

const VERSION = 'v1'

/** What a client declared in `initialize`, as its session id says it. */
export interface Session {
  readonly id: string
  readonly capabilities: ClientCapabilities
}

export interface SessionIds {
  /** @returns undefined for a client that cannot ask a person: it needs no session */
  issue(caller: Caller, capabilities: ClientCapabilities): string | undefined
  /** @returns undefined for an id that is not of this caller, or was changed */
  open(id: string, caller: Caller): Session | undefined
}

interface Sealed {
  readonly form: boolean
  readonly url: boolean
}

/**
 * Creates the session ids of MCP 2025-11-25 and earlier (Streamable HTTP, "Session Management"). An id is the sealed memory of
 * what the client can ask, bound to the caller: nothing is stored, and every replica with the same key can read it.
 */
export function createSessionIds(key: Secret): SessionIds {
  const values = createValueSeal(key)
  const nameFor = (caller: Caller) => JSON.stringify(['session', VERSION, ...identityOf(caller)])
  return {
    issue(caller, { elicitation }) {
      if (!elicitation) return undefined
      const url = elicitation.url !== undefined
      // Before URL mode, an empty object declared forms (MCP 2025-06-18, "Elicitation").
      const form = elicitation.form !== undefined || !url
      const sealed: Sealed = { form, url }
      return `${VERSION}.${values.seal(nameFor(caller), sealed)}`
    },
    open(id, caller) {
      const [, sealed = ''] = /^v1\.([\w-]{40,400})$/.exec(id) ?? []
      const opened = isCanonical(sealed) && (values.open(nameFor(caller), sealed) as Sealed | undefined)
      if (!opened) return undefined
      const { form, url } = opened
      return { id, capabilities: { elicitation: { ...(form && { form: {} }), ...(url && { url: {} }) } } }
    },
  }
}
