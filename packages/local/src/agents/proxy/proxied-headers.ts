import type { IncomingMessage } from 'node:http'

/** Headers of one connection (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect)$/
/**
 * What is for this environment and not for the provider: its credentials, which account is meant, its cookies, and who
 * asked. `x-forwarded-proto` is set by our host guard.
 */
const OURS =
  /^(host|authorization|connection_name|identifier|cookie|forwarded|x-forwarded-.*|x-scalekit-local|x-env-domain)$/
/** What would apply to the origin of this environment, not to the provider's. */
const OF_AN_ORIGIN = /^(set-cookie|strict-transport-security|alt-svc|clear-site-data)$/

type Headers = Record<string, string[]>

/** The headers of a request that the provider gets, with the credentials of the account in place of the caller's. */
export function requestHeaders(
  request: IncomingMessage,
  credentials: Readonly<Record<string, string>>,
): Headers {
  const headers = passed(request, OURS)
  for (const [name, value] of Object.entries(credentials)) headers[name.toLowerCase()] = [value]
  // A body without a length has to be framed again.
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = ['chunked']
  return headers
}

/** The headers of an answer that the caller gets. */
export function responseHeaders(answer: IncomingMessage): Headers {
  return passed(answer, OF_AN_ORIGIN)
}

function passed({ headersDistinct, headers }: IncomingMessage, dropped: RegExp): Headers {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  const kept = Object.entries(headersDistinct).filter(
    (entry): entry is [string, string[]] =>
      entry[1] !== undefined &&
      !HOP_BY_HOP.test(entry[0]) &&
      !dropped.test(entry[0]) &&
      !named.includes(entry[0]),
  )
  return Object.fromEntries(kept)
}
