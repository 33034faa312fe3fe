// deno run --allow-net --allow-env --allow-read src/deno.ts
import { createApp } from './app.ts'

declare const Deno: {
  env: { toObject(): Record<string, string> }
  serve(
    options: { hostname: string; port: number },
    handler: (request: Request, info: { remoteAddr: { hostname: string } }) => Promise<Response>,
  ): unknown
}

const environment = Deno.env.toObject()
const addresses = new WeakMap<Request, string>()
const mcp = createApp(environment, (request) => addresses.get(request) ?? '')

Deno.serve(
  {
    hostname: '127.0.0.1',
    port: Number(environment.PORT ?? 3003),
  },
  (request, { remoteAddr }) => {
    addresses.set(request, remoteAddr.hostname)
    return mcp(request)
  },
)
