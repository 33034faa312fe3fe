import { request } from 'undici'
import { addresses, localToken } from '../config/config.js'
import { UsageError } from './exit.js'
import { isServerUrl } from './server-url.js'

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
  if (!isServerUrl(localUrl)) {
    throw new UsageError('--local-url: give the URL of the local environment, like http://localhost:8787.')
  }
  const response = await request(`${localUrl.replace(/\/+$/, '')}/__local/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scalekit-local': localToken() ?? '1' },
    body: JSON.stringify({
      subject: options.as,
      scopes: options.scopes.split(/[\s,]+/).filter(Boolean),
      expires_in: secondsOf(options.expiresIn),
      ...(options.resource ? { resource: options.resource } : {}),
    }),
  }).catch(() => {
    throw new UsageError(
      `No local environment at ${localUrl}: start one with "scalekit-mcp dev", or name another with --local-url.`,
    )
  })
  const body = await answerOf(response)
  if (response.statusCode !== 200 || typeof body.access_token !== 'string') {
    const reason = typeof body.message === 'string' ? body.message : undefined
    throw new UsageError(
      reason ??
        `${localUrl} answered ${response.statusCode}, and not as a local environment does: name another with --local-url.`,
    )
  }
  process.stdout.write(options.json ? `${JSON.stringify(body)}\n` : `${body.access_token}\n`)
}

/** The answer as an object; empty where another program answers. */
async function answerOf({ body }: { readonly body: { text(): Promise<string> } }) {
  const text = await body.text()
  try {
    return Object(JSON.parse(text)) as { access_token?: unknown; message?: unknown }
  } catch {
    return {}
  }
}

function secondsOf(text: string): number {
  if (/^-?\d{1,5}$/.test(text)) return Number(text)
  throw new UsageError('--expires-in: give whole seconds, 86400 at most; negative for an expired token.')
}
