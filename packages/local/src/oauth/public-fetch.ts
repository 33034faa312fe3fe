import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

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

/**
 * `fetch` for documents that a stranger names (client ID metadata documents, section 6 on server-side request
 * forgery): refuses a host that is or resolves to an address which is not public, before a connection is made.
 * A name that resolves otherwise a moment later is caught by oidc-provider, which looks at the connected address.
 */
export async function fetchFromPublicHost(
  url: string | URL | Request,
  options?: RequestInit,
): Promise<Response> {
  const host = new URL(url instanceof Request ? url.url : url).hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(host) ? [{ address: host }] : await lookup(host, { all: true })
  if (!addresses.every(({ address }) => isPublic(address))) throw new Error('the host is not a public one')
  return fetch(url, options)
}

/** Whether an IP address is one of the public internet. */
export function isPublic(address: string): boolean {
  return !NOT_PUBLIC.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
