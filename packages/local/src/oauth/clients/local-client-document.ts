import { type ClientMetadata, errors } from 'oidc-provider'
import { z } from 'zod'
import { describeProblems } from '../../domain/describe-problems.js'
import { limitedText } from '../../http/limited-text.js'
import { LOOPBACK_HOSTS, publicClient } from './client-metadata.js'
import { reasonOf, UNREADABLE } from './unreadable-document.js'

const LIMIT_BYTES = 5 * 1024
const LIMIT_MS = 2500

/** Whether a client ID is a document on this machine, where plain `http` will do. Elsewhere the draft asks for `https`. */
export function isLocalClientDocument(clientId: string): boolean {
  if (!URL.canParse(clientId)) return false
  const url = new URL(clientId)
  return (
    /^https?:$/.test(url.protocol) &&
    LOOPBACK_HOSTS.has(url.hostname) &&
    url.pathname !== '/' &&
    url.hash === '' &&
    url.username === ''
  )
}

/**
 * A client ID metadata document (draft-ietf-oauth-client-id-metadata-document, section 4) served by a client
 * that is being developed on this machine. Throws `InvalidClient` with the reason when there is no valid document.
 */
export async function fetchLocalClientDocument(clientId: string): Promise<ClientMetadata> {
  const document = await fetchDocument(clientId)
  // Section 4.1: the document names itself, so that nobody speaks for another client; and it keeps no secret.
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw unreadable('it is not a JSON object')
  if (!('client_id' in document) || document.client_id !== clientId)
    throw unreadable('its client_id is not the URL that it was read from')
  if ('client_secret' in document) throw unreadable('it contains a client_secret')
  try {
    return { ...publicClient(document), client_id: clientId }
  } catch (error) {
    throw error instanceof z.ZodError ? unreadable(describeProblems(error)) : error
  }
}

async function fetchDocument(clientId: string): Promise<unknown> {
  try {
    const response = await fetch(clientId, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(LIMIT_MS),
    })
    if (response.status !== 200) throw unreadable(`the answer was HTTP ${response.status}`)
    return JSON.parse(await limitedText(response, LIMIT_BYTES))
  } catch (cause) {
    throw cause instanceof errors.InvalidClient ? cause : unreadable(reasonOf(cause))
  }
}

function unreadable(reason: string) {
  return new errors.InvalidClient(`${UNREADABLE}: ${reason}`)
}
