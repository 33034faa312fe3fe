import { isIP } from '#platform'
import { ipAddressOf } from './ip-address.js'

/**
 * What one network user can hardly change: an IPv4 address, or the /64 of an IPv6 address, because a customer line has
 * 2^64 addresses. Whatever is not an address shares one key, so that a made-up name escapes no limit.
 */
export function addressKey(text: string): string {
  const address = ipAddressOf(text)
  if (address === undefined) return 'unknown'
  return isIP(address) === 4 ? address : `${groupsOf(address).slice(0, 4).join(':')}::/64`
}

/** The option `addressOf`, which may be a header that a request does not have. @throws Error where it returns no string */
export function checkedAddress<Request>(addressOf: (req: Request) => string): (req: Request) => string {
  return (req) => {
    const address: unknown = addressOf(req)
    if (typeof address === 'string') return address
    throw new Error(`addressOf must return a string, '' for an unknown address. It returned ${address}.`)
  }
}

/** The eight groups of a canonical IPv6 address. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::')
  const before = head.split(':').filter(Boolean)
  const after = (tail ?? '').split(':').filter(Boolean)
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after]
}
