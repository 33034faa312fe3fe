import { cp, mkdtemp, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'

// The route handlers of the example for Next.js, copied into a project as its README says, and called as Next.js calls them: by the
// path of their folder, and by method.

type Route = Readonly<Record<string, ((request: Request) => Promise<Response>) | undefined>>

const example = new URL('../../examples/fetch/', import.meta.url)
const project = await mkdtemp(fileURLToPath(new URL('next-', import.meta.url)))
await cp(new URL('next/app', example), `${project}/src/app`, { recursive: true })
await cp(new URL('src/app.ts', example), `${project}/src/app.ts`)
const mcp: Route = await import(`${project}/src/app/mcp/route.ts`)
const metadata: Route = await import(
  `${project}/src/app/.well-known/oauth-protected-resource/[[...path]]/route.ts`
)
await rm(project, { recursive: true })

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
