import { request } from 'undici'
import { addresses, localToken } from '../config/config.js'
import { UsageError } from './exit.js'

interface TokenOptions {
  readonly as: string
  readonly scopes: string
  readonly resource?: string
  readonly expiresIn: string
  readonly localUrl?: string
  readonly json?: true
}

/** `scalekit-mcp token`: an access token from the local environment, alone on stdout. */
export async function token(options: TokenOptions): Promise<void> {
  const localUrl = options.localUrl ?? addresses().local
  const response = await request(`${localUrl.replace(/\/+$/, '')}/__local/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scalekit-local': localToken() ?? '1' },
    body: JSON.stringify({
      subject: options.as,
      scopes: options.scopes.split(/\s+/).filter(Boolean),
      expires_in: Number(options.expiresIn),
      ...(options.resource ? { resource: options.resource } : {}),
    }),
  }).catch(() => {
    throw new UsageError(
      `No local environment at ${localUrl}: start one with "scalekit-mcp dev", or name another with --local-url.`,
    )
  })
  const body = (await response.body.json()) as { access_token?: string; message?: string }
  if (response.statusCode !== 200 || !body.access_token) {
    throw new UsageError(body.message ?? `The local environment answered ${response.statusCode}.`)
  }
  process.stdout.write(options.json ? `${JSON.stringify(body)}\n` : `${body.access_token}\n`)
}
