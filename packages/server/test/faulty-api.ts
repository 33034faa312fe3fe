import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers in the place of the API, or returns false to let the request through. */
export type Fault = (req: IncomingMessage, res: ServerResponse) => boolean

export interface Seen {
  readonly method: string
  readonly path: string
  readonly subject: string | undefined
  readonly at: number
  /** When the client broke the request off before its answer. */
  brokenOffAt: number | undefined
}

/** The local environment behind a listener that can do to bytes what no server does on purpose. */
export interface FaultyApi {
  readonly url: string
  /** Requests to the management API, in order. */
  readonly seen: Seen[]
  fault: Fault | undefined
  /** Nobody listens, and connections are cut, until `revive`. */
  kill(): Promise<void>
  revive(): Promise<void>
  close(): Promise<void>
}

/** Puts a listener in front of `target`; faults touch the management API only. */
export async function startFaultyApi(target: string): Promise<FaultyApi> {
  const seen: Seen[] = []
  const answer = (req: IncomingMessage, res: ServerResponse) => {
    const isApi = req.url?.includes('/api/v1/') === true
    if (isApi) note(req, res)
    if (isApi && api.fault?.(req, res)) req.resume()
    else forward(target, req, res)
  }
  const note = (req: IncomingMessage, res: ServerResponse) => {
    const one: Seen = {
      method: req.method ?? '',
      path: req.url ?? '',
      subject: subjectOf(req),
      at: performance.now(),
      brokenOffAt: undefined,
    }
    seen.push(one)
    res.once('close', () => {
      if (!res.writableFinished) one.brokenOffAt = performance.now()
    })
  }
  let server = await listen(0, answer)
  const { port } = server.address() as AddressInfo
  const api: FaultyApi = {
    url: `http://127.0.0.1:${port}`,
    seen,
    fault: undefined,
    kill: () => stop(server),
    async revive() {
      server = await listen(port, answer)
    },
    close: () => stop(server),
  }
  return api
}

function subjectOf(req: IncomingMessage): string | undefined {
  const claims = req.headers.authorization?.split('.')[1]
  return claims && JSON.parse(Buffer.from(claims, 'base64url').toString()).sub
}

function forward(target: string, req: IncomingMessage, res: ServerResponse): void {
  const { host } = new URL(target)
  const onward = request(
    target + req.url,
    { method: req.method, headers: { ...req.headers, host } },
    (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    },
  )
  onward.on('error', () => res.destroy())
  req.pipe(onward)
}

async function listen(
  port: number,
  answer: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
