import type { IncomingMessage, ServerResponse } from 'node:http'

const MAX_BYTES = 16 * 1024

/** Reads a form that a browser sent. @returns undefined for anything else, or more than such a form has */
export async function readForm(
  req: IncomingMessage,
  res: ServerResponse,
): Promise<URLSearchParams | undefined> {
  const { 'content-type': type = '', 'content-encoding': encoding } = req.headers
  if (!/^application\/x-www-form-urlencoded(;|$)/i.test(type) || encoding !== undefined) return closing(res)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > MAX_BYTES) return closing(res)
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

/** The rest is not read. */
function closing(res: ServerResponse): undefined {
  res.setHeader('Connection', 'close')
  return undefined
}
