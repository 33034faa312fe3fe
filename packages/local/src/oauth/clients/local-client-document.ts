import type { ClientMetadata } from 'oidc-provider'
import { limitedText } from '../../http/limited-text.js'
import { publicClient } from './client-metadata.js'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const LIMIT_BYTES = 5 * 1024
const LIMIT_MS = 2500

/** Whether a client ID is a document on this machine, where plain `http` will do. Elsewhere the draft asks for `https`. */
export function isLocalClientDocument(clientId: string): boolean {
  if (!URL.canParse(clientId)) return false
  const url = new URL(clientId)
  return (
    /^https?:$/.test(url.protocol) &&
    LOOPBACK.has(url.hostname) &&
    url.pathname !== '/' &&
    url.hash === '' &&
    url.username === ''
  )
}

/**
 * A client ID metadata document (draft-ietf-oauth-client-id-metadata-document, section 4) served by a client
 * that is being developed on this machine. Gives undefined when there is no valid document at the address.
 */
export async function fetchLocalClientDocument(clientId: string): Promise<ClientMetadata | undefined> {
  try {
    const response = await fetch(clientId, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(LIMIT_MS),
    })
    if (response.status !== 200) return undefined
    const document: unknown = JSON.parse(await limitedText(response, LIMIT_BYTES))
    // Section 4.1: the document names itself, so that nobody speaks for another client; and it keeps no secret.
    if (typeof document !== 'object' || document === null || !('client_id' in document)) return undefined
    if (document.client_id !== clientId || 'client_secret' in document) return undefined
    return { ...publicClient(document), client_id: clientId }
  } catch {
    // Whatever the other program on this machine answers, the client is unknown to us.
    return undefined
  }
}
