import { type Dispatcher, request } from 'undici'

const MAX_BYTES = 3 * 1024 * 1024

/**
 * Fetches a text document of the documentation: from the configured host only, without redirects, at most
 * 3 MB, within 5 seconds.
 *
 * @throws Error with a fixed message that holds nothing of the answer
 */
export async function fetchDocument(url: URL, origin: string, dispatcher: Dispatcher): Promise<string> {
  if (url.origin !== origin || url.username || !/\.(txt|md)$/.test(url.pathname)) {
    throw new Error('not a document of the documentation')
  }
  const response = await request(url, {
    dispatcher,
    headers: { accept: 'text/plain, text/markdown' },
    signal: AbortSignal.timeout(5_000),
  })
  if (response.statusCode !== 200) {
    await response.body.dump()
    throw new Error(`the documentation answered ${response.statusCode}`)
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > MAX_BYTES) throw new Error('a document is larger than 3 MB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
