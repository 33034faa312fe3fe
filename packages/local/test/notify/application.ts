import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  headers: IncomingHttpHeaders
  body: string
}

/** An application of a developer, which is told and asked over HTTP. */
export async function startApplication() {
  const received: Received[] = []
  let waiting: (() => void)[] = []
  let answer: (response: ServerResponse, message: Received) => void = (response) => response.end()
  const server: Server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const message = { headers: request.headers, body }
    received.push(message)
    answer(response, message)
    for (const wake of waiting.splice(0)) wake()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answerWith(next: typeof answer) {
      answer = next
    },
    /** Waits until so many messages have come. */
    async arrivals(count: number): Promise<Received[]> {
      while (received.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
      return received
    },
    forget() {
      received.length = 0
      waiting = []
      answer = (response) => response.end()
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Application = Awaited<ReturnType<typeof startApplication>>
