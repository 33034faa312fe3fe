import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Local } from '../local.js'

/** A request as the API of a provider got it. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** The API of a provider of the developer's own, on this machine. It answers as its routes say, else with what it got. */
export class ProviderApi {
  readonly received: Received[] = []
  readonly url: string
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://localhost:${(server.address() as AddressInfo).port}`
  }

  static async start(): Promise<ProviderApi> {
    const server = createServer(async (request, response) => {
      if (request.url?.endsWith('/full')) return response.writeHead(413).end('too much')
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { method = '', url = '', headers } = request
      const got = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') }
      api.received.push(got)
      if (url.endsWith('/moved'))
        return response.writeHead(302, { location: 'https://evil.example/take' }).end()
      if (url.endsWith('/teapot')) {
        const headers = {
          'x-brew': 'tea',
          'content-type': 'text/plain',
          'set-cookie': 'theirs=1',
          connection: 'close',
        }
        return response.writeHead(418, headers).end('short and stout')
      }
      if (url.endsWith('/silent')) return request.socket.destroy()
      if (url.endsWith('/broken')) {
        response.writeHead(200, { 'content-length': '1000' }).write('half', () => request.socket.destroy())
        return
      }
      response.setHeader('content-type', 'application/json').end(JSON.stringify(got))
    })
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    const api: ProviderApi = new ProviderApi(server)
    return api
  }

  get last(): Received | undefined {
    return this.received.at(-1)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

interface Provider {
  readonly type?: string
  readonly proxy_url: string
  readonly proxy_enabled?: boolean
  readonly pattern?: object
}

/** A custom provider with an enabled connection of the same name. */
export async function addProvider(
  local: Pick<Local, 'rest'>,
  token: string,
  name: string,
  { type = 'API_KEY', proxy_url, proxy_enabled = true, pattern = {} }: Provider,
): Promise<void> {
  const body = {
    ...{ display_name: name, proxy_url, proxy_enabled },
    auth_patterns: [{ type, display_name: name, fields: [], ...pattern }],
  }
  const made = await local.rest('POST', '/api/v1/custom-providers', { token, body })
  const connection = { type, provider_key: made.body.provider.identifier, key_id: name }
  const { body: connected } = await local.rest('POST', '/api/v1/connections', { token, body: connection })
  await local.rest('PATCH', `/api/v1/connections/${connected.connection.id}:enable`, { token })
}
