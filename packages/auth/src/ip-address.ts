import { isIP } from '#platform'

/** `[address]:port`, `[address]` or `ipv4:port`, as some gateways write `X-Forwarded-For` (RFC 7239 section 6). */
const WITH_PORT = /^(?:\[([^\]]*)\](?::\d{1,5})?|([^:]*):\d{1,5})$/

/**
 * The address in one spelling: without spaces, port, brackets and zone, in lower case, IPv6 compressed (RFC 5952), IPv4
 * written as IPv6 as IPv4.
 *
 * @returns undefined for what is not an IP address
 */
export function ipAddressOf(text: string): string | undefined {
  const trimmed = text.trim()
  const [, bracketed, beforePort] = WITH_PORT.exec(trimmed) ?? []
  const address = (bracketed ?? beforePort ?? trimmed).replace(/%.*$/s, '')
  const version = isIP(address)
  if (version !== 6) return version === 4 ? address : undefined
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  return mappedIPv4(canonical) ?? canonical
}

/** RFC 4291 section 2.5.5.2, as the URL parser writes it: `::ffff:c000:201`. */
function mappedIPv4(canonical: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? []
  if (high === undefined || low === undefined) return undefined
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}
