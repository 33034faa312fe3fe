import { type OutgoingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
}

/** Posts a message with exactly these headers: fetch adds an Accept header of its own. */
export function postJson(
  url: string,
  headers: Readonly<Record<string, string | string[]>>,
  message: object,
): Promise<PlainAnswer> {
  const body = JSON.stringify(message)
  return new Promise((resolve, reject) => {
    const all: OutgoingHttpHeaders = { 'content-type': 'application/json', ...headers }
    request(url, { method: 'POST', agent: false, headers: all })
      .on('error', reject)
      .on('response', (res) => {
        const { statusCode: status = 0, headers } = res
        text(res).then((text) => resolve({ status, headers, text }), reject)
      })
      .end(body)
  })
}

/** The JSON-RPC message of an answer, in either form: one JSON document, or a stream of one event. */
export function messageIn({ headers, text }: PlainAnswer): { type: unknown; message: unknown } {
  const type = headers['content-type']
  if (type === 'application/json') return { type, message: JSON.parse(text) }
  const [, data = ''] = /^event: message\ndata: (.*)\n\n$/.exec(text) ?? []
  return { type, message: JSON.parse(data) }
}
