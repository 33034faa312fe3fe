import { SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { limitedText } from '../../http/limited-text.js'

const LIMIT_MS = 10_000
const LIMIT_BYTES = 256 * 1024

/** Asks an identity provider. Throws a `SignInRefusal` when it does not answer with JSON; its answer stays private. */
export async function fetchJson(url: string, init: RequestInit = {}): Promise<unknown> {
  const text = await fetchText(url, init)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw notAsItShould(cause, 'not JSON')
  }
}

/** The same for an answer of another kind. */
export async function fetchText(url: string, init: RequestInit = {}): Promise<string> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(LIMIT_MS), ...init })
    const text = await limitedText(response, LIMIT_BYTES)
    if (response.ok) return text
    const [, error = 'no error code'] = /"error"\s*:\s*"([\w-]{1,60})"/.exec(text) ?? []
    throw notAsItShould(undefined, `HTTP ${response.status}, ${error}`)
  } catch (cause) {
    throw cause instanceof SignInRefusal ? cause : notAsItShould(cause, 'no connection, or no answer in time')
  }
}

function notAsItShould(cause: unknown, detail: string): SignInRefusal {
  const message = `The identity provider did not answer as it should (${detail}).`
  return new SignInRefusal('identity_provider_failed', message, { cause })
}
