import { concat, utf8Of } from '#platform'

const MAX_BYTES = 256 * 1024

type JsonRequest = Pick<RequestInit, 'method' | 'headers' | 'body'> & { signal: AbortSignal }

/**
 * Fetches a small JSON document from a configured URL: no redirects (they would let the answer come from an
 * unconfigured host), at most 256 KiB, status 200 only. `signal` is the deadline over the whole exchange.
 *
 * @throws Error with a fixed message that holds nothing of the answer.
 */
export async function fetchJson(url: string | URL, init: JsonRequest): Promise<unknown> {
  const response = await send(url, init)
  if (response.status === 200) return jsonOf(response)
  await response.body?.cancel()
  throw new Error(`answered ${response.status}`)
}

/** The same with any status but that of a redirect, where the document says why something was refused. */
export async function fetchAnswer(
  url: string | URL,
  init: JsonRequest,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await send(url, init)
  return { status: response.status, body: await jsonOf(response) }
}

/** A redirect is not followed. Not `redirect: 'error'`, which Workers do not have. */
async function send(url: string | URL, init: JsonRequest): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'manual' })
  const isRedirect = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)
  if (!isRedirect) return response
  await response.body?.cancel()
  throw new Error('answered with a redirect')
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await readText(response)
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('answered something that is not JSON')
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_BYTES) throw new Error('answered more than 256 KiB')
    chunks.push(chunk)
  }
  return utf8Of(concat(chunks))
}
