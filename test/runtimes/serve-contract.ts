import { createFetchApp } from '../../packages/auth/test/fetch-app.ts'

// The app of the adapter contract, as a program of Bun or Deno and as a Worker. `NOTE_URL` hears of what a handler throws.

type Environment = Record<string, string | undefined>
type Serve = (request: Request) => Promise<Response>

declare const Bun: { serve(options: { hostname: string; port: number; fetch: Serve }): unknown } | undefined
declare const Deno:
  | { serve(options: { hostname: string; port: number }, handler: Serve): unknown }
  | undefined

function createServe({ OPTIONS = '', NOTE_URL = '' }: Environment): Serve {
  const app = createFetchApp(JSON.parse(OPTIONS))
  return async (request) => {
    try {
      return await app.fetch(request)
    } catch (error) {
      await fetch(NOTE_URL, { method: 'POST', body: String(error) })
      return Response.json({ error: 'server_error' }, { status: 500 })
    }
  }
}

let served: Serve | undefined
/** What Workers call, which get their variables with a request. */
const worker = {
  fetch(request: Request, environment: Environment): Promise<Response> {
    served ??= createServe(environment)
    return served(request)
  },
}
const isProgram = typeof Bun !== 'undefined' || typeof Deno !== 'undefined'
// Bun serves a default export with `fetch` by itself.
export default isProgram ? undefined : worker

const address = { hostname: '127.0.0.1', port: Number(globalThis.process?.env.PORT) }
if (typeof Bun !== 'undefined') Bun.serve({ ...address, fetch: createServe(process.env) })
else if (typeof Deno !== 'undefined') Deno.serve(address, createServe(process.env))
