import { isIPv6 } from 'node:net'
import { isLoopback } from './secure-url.js'

/**
 * The address to listen on that a variable names. An IPv6 address may be in brackets, as in a URL.
 *
 * @returns undefined for what is no address or host name, such as one with a port
 */
export function readHost(value: string): string | undefined {
  const [, address] = /^\[(.*)\]$/.exec(value) ?? []
  if (address !== undefined) return isIPv6(address) ? address : undefined
  return isIPv6(value) || /^[\w-]+(\.[\w-]+)*\.?$/.test(value) ? value : undefined
}

const UNUSABLE: ReadonlySet<string | undefined> = new Set([
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'EAI_AGAIN',
  'EINVAL',
  'ENOTFOUND',
])

/** What to do about an error of `listen`, where the address is the reason. */
export function unusableHost({ code }: NodeJS.ErrnoException, host: string): string | undefined {
  if (!UNUSABLE.has(code)) return undefined
  return `HOST: this machine does not have the address ${host} (${code}). Set HOST to 127.0.0.1 or ::1 for this machine only, or to 0.0.0.0 for all networks.`
}

/** What to do about an error of `listen`, where this user may not use the port. */
export function forbiddenPort({ code }: NodeJS.ErrnoException, port: number): string | undefined {
  if (code !== 'EACCES') return undefined
  return `PORT: this user may not listen on port ${port} (EACCES). Set PORT to 1024 or more, and let a proxy forward port ${port} to it.`
}

/** A warning where a resource and the port that is listened on both name this machine, and differ. */
export function differentPort(resource: string, port: number): string | undefined {
  const { hostname, port: explicit, protocol } = new URL(resource)
  const expected = Number(explicit) || (protocol === 'https:' ? 443 : 80)
  if (!isLoopback(hostname) || expected === port) return undefined
  return `EXPECTED_AUDIENCE is ${resource}, and this server listens on port ${port}. Set PORT to ${expected}, or set EXPECTED_AUDIENCE to the URL with port ${port} and register that in Scalekit, unless something forwards port ${expected}.`
}
