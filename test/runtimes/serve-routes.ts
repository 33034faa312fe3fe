import { serve } from '@hono/node-server'
import * as metadata from '../../examples/fetch/next/app/.well-known/oauth-protected-resource/[[...path]]/route.ts'
import * as mcp from '../../examples/fetch/next/app/mcp/route.ts'

// The route handlers of the example for Next.js, called as it calls them: by the path of their folder, and by method.

type Route = Readonly<Record<string, ((request: Request) => Promise<Response>) | undefined>>

function routeOf({ url }: Request): Route {
  const { pathname } = new URL(url)
  if (pathname === '/mcp') return mcp
  return pathname.startsWith('/.well-known/oauth-protected-resource') ? metadata : {}
}

serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT),
  fetch: async (request) =>
    (await routeOf(request)[request.method]?.(request)) ?? new Response(null, { status: 404 }),
})
