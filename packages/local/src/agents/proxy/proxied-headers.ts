import type { IncomingMessage } from 'node:http'

/** Headers of one connection (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect)$/
/**
 * Headers for this environment only: credentials, the selected account, cookies, and the caller's address. Our host guard
 * sets `x-forwarded-proto`.
 */
const OURS =
  /^(host|authorization|connection_name|identifier|cookie|forwarded|x-forwarded-.*|x-scalekit-local|x-env-domain)$/
/** Headers that a browser would apply to the origin of this environment instead of the provider's. */
const OF_AN_ORIGIN = /^(set-cookie|strict-transport-security|alt-svc|clear-site-data)$/

type Headers = Record<string, string[]>

/** The headers that the provider receives: the caller's, with the credentials of the account. */
export function requestHeaders(
  request: IncomingMessage,
  credentials: Readonly<Record<string, string>>,
): Headers {
  const headers = passed(request, OURS)
  for (const [name, value] of Object.entries(credentials)) headers[name.toLowerCase()] = [value]
  // Node does not chunk the body of a GET by itself.
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = ['chunked']
  return headers
}

/** The headers that the caller receives. */
export function responseHeaders(answer: IncomingMessage): Headers {
  return passed(answer, OF_AN_ORIGIN)
}

/** The headers that `Connection` names are dropped too, except the length: a body without it would be read as another request. */
function passed({ headersDistinct, headers }: IncomingMessage, dropped: RegExp): Headers {
  const names = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  const named = names.filter((name) => name !== 'content-length')
  const kept = Object.entries(headersDistinct).filter(
    (entry): entry is [string, string[]] =>
      entry[1] !== undefined &&
      !HOP_BY_HOP.test(entry[0]) &&
      !dropped.test(entry[0]) &&
      !named.includes(entry[0]),
  )
  return Object.fromEntries(kept)
}
