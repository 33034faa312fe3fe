import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { LocalError } from './storage/local-error.js'

/** Lets other machines in, as in a container: then `/__local` and the dashboard ask for a token. */
export interface NetworkOptions {
  /** The address to listen on, like `0.0.0.0`. */
  host: string
  /** Where this environment is reached, like `http://scalekit:8787`: the start of every issuer. Default `http://localhost:PORT`. */
  publicUrl?: string
  /** Other names under which it is reached, each with its port, like `host.docker.internal:8787`. */
  allowedHosts?: readonly string[]
  /** What `/__local` and the dashboard ask for: at least 16 characters. Default: random. */
  token?: string
}

/** How an environment is reached. */
export interface Network {
  /** Undefined: the loopback addresses. */
  readonly host?: string
  /** Without a slash at the end. */
  readonly publicUrl?: string
  readonly allowedHosts: readonly string[]
  /** Undefined: only this machine can ask. */
  readonly token?: string
}

const MIN_TOKEN = 16
const HOST = /^(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/i

/** @throws {LocalError} `option_invalid` */
export function readNetwork(options: NetworkOptions | undefined, tls: boolean): Network {
  if (options === undefined) return { allowedHosts: [] }
  const { host, publicUrl, allowedHosts = [], token = randomBytes(24).toString('base64url') } = options
  if (tls)
    refuse('TLS is for this machine only: leave out --tls, and put a proxy with a certificate in front.')
  if (isIP(host) === 0)
    refuse(`host: ${JSON.stringify(host)} is no IP address. Use 0.0.0.0 for every interface.`)
  for (const name of allowedHosts) {
    if (!HOST.test(name)) refuse(`ALLOWED_HOSTS: ${JSON.stringify(name)} is no host like scalekit:8787.`)
  }
  if (token.length < MIN_TOKEN) refuse(`LOCAL_TOKEN: use at least ${MIN_TOKEN} characters.`)
  return { host, allowedHosts, token, ...(publicUrl && { publicUrl: readUrl(publicUrl) }) }
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isOrigin = url && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href
  if (!isOrigin)
    refuse(`PUBLIC_URL: ${JSON.stringify(text)} is no URL like http://scalekit:8787, without a path.`)
  return (url as URL).origin
}

function refuse(message: string): never {
  throw new LocalError('option_invalid', message)
}
