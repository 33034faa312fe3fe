// bun src/bun.ts
import { createApp } from './app.ts'

declare const Bun: {
  serve(options: {
    hostname: string
    port: number
    fetch(
      request: Request,
      server: { requestIP(request: Request): { address: string } | null },
    ): Promise<Response>
  }): { port: number }
}

const addresses = new WeakMap<Request, string>()
const mcp = createApp(process.env, (request) => addresses.get(request) ?? '')

const { port } = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT ?? 3003),
  fetch(request, server) {
    addresses.set(request, server.requestIP(request)?.address ?? '')
    return mcp(request)
  },
})
process.stdout.write(`listening on ${port}\n`)
