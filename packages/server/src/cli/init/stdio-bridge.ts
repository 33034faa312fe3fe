import type { Places } from './client.js'
import type { Server } from './format.js'

/** For clients that start processes only: this one carries the sign-in to a server at a URL. */
const bridge = 'mcp-remote@0.15.1'

/** How a client starts the bridge. On Windows npx is a script, which only a shell starts. */
export function bridged({ url }: Server, { platform }: Places): Record<string, unknown> {
  const args = ['-y', bridge, url, ...(needsAllowHttp(url) ? ['--allow-http'] : [])]
  return platform === 'win32' ? { command: 'cmd', args: ['/c', 'npx', ...args] } : { command: 'npx', args }
}

/** The shell of Windows splits a URL at these, twice: once for the command and once within npx. */
export function bridgeRefuses(url: string, { platform }: Places): string | undefined {
  if (platform !== 'win32' || !/[&|<>^%"]/.test(url)) return undefined
  return 'on Windows its command line cannot hold a URL with & or %: give a URL without them, like --url https://mcp.acme.com/mcp'
}

/** The bridge refuses http, except for this machine. */
function needsAllowHttp(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !['localhost', '127.0.0.1'].includes(hostname)
}
