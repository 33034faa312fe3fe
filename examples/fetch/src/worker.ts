// Cloudflare Workers: set the variables in wrangler.toml, secrets with `wrangler secret put`.
import type { Fetch } from '@scalekit-mcp/auth/fetch'
import { createApp } from './app.ts'

let mcp: Fetch | undefined

export default {
  /** Variables come with the first request; keys and limits then stay for as long as Cloudflare keeps this isolate. */
  fetch(request: Request, environment: Record<string, string>): Promise<Response> {
    mcp ??= createApp(environment, ({ headers }) => headers.get('cf-connecting-ip') ?? '')
    return mcp(request)
  },
}
