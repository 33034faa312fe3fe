import { setTimeout as wait } from 'node:timers/promises'

const ATTEMPTS = 5
const MAX_WAIT_SECONDS = 30

export interface ModelRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly signal: AbortSignal
  /** Never part of an error. */
  readonly key: string | undefined
}

/**
 * Posts to a model API and repeats what it had no capacity for.
 *
 * @throws Error with the status and the beginning of the answer, without the key
 */
export async function postJson({ url, headers, body, signal, key }: ModelRequest): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal,
    })
    const text = await response.text()
    if (response.ok) return JSON.parse(text)
    const isBusy = response.status === 429 || response.status >= 500
    if (!isBusy || attempt === ATTEMPTS) {
      const shown = key ? text.replaceAll(key, '…') : text
      throw new Error(`The model API answered ${response.status}: ${shown.slice(0, 300)}`)
    }
    const seconds = Number(response.headers.get('retry-after')) || 2 ** attempt
    await wait(Math.min(seconds, MAX_WAIT_SECONDS) * 1_000, undefined, { signal })
  }
}
