import { lookup } from 'node:dns/promises'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { BlockList, isIP } from 'node:net'
import { Readable } from 'node:stream'
import { NOT_PUBLIC as NOT_PUBLIC_HOST } from './unreadable-document.js'

/** Statuses that come without content (RFC 9110). */
const NO_CONTENT = [204, 205, 304]

/** What is no public host: this machine, private networks, link-local with the clouds' metadata services, reserved. */
const NOT_PUBLIC = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 32],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv6')

type Address = { address: string; family: number }
export type Resolve = (host: string) => Promise<Address[]>

/**
 * `fetch` for documents that a stranger names (client ID metadata documents, section 6 on server-side request
 * forgery). A host that is or resolves to an address which is not public is refused before a connection is made,
 * and the connection goes to the very address that was looked at: a name that resolves otherwise a moment later
 * (DNS rebinding) changes nothing. Redirects are not followed.
 */
export function createPublicFetch(resolve: Resolve = (host) => lookup(host, { all: true })) {
  return async (url: string | URL | Request, options: RequestInit = {}): Promise<Response> => {
    const target = new URL(url instanceof Request ? url.url : url)
    const host = target.hostname.replace(/^\[|\]$/g, '')
    const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host)
    const [first] = addresses
    if (first === undefined || !addresses.every(({ address }) => isPublic(address)))
      throw new Error(NOT_PUBLIC_HOST)
    return ask(target, first, options)
  }
}

/** Whether an IP address is one of the public internet. */
export function isPublic(address: string): boolean {
  return !NOT_PUBLIC.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

function ask(target: URL, { address, family }: Address, { method, headers, body, signal }: RequestInit) {
  const { request } = target.protocol === 'https:' ? https : http
  return new Promise<Response>((resolve, reject) => {
    const asking = request(target, {
      method: method ?? 'GET',
      headers: Object.fromEntries(new Headers(headers)),
      agent: false,
      lookup: (_host, { all }, found) =>
        all ? found(null, [{ address, family }]) : found(null, address, family),
      ...(signal ? { signal } : {}),
    })
    asking.once('error', reject)
    asking.once('response', (answer) => resolve(toResponse(answer)))
    asking.end(body === undefined || body === null ? undefined : String(body))
  })
}

function toResponse(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 0
  const headers = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
  const content = NO_CONTENT.includes(status) ? null : (Readable.toWeb(answer) as ReadableStream)
  return new Response(content, { status, headers })
}
