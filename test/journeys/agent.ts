import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'
import { ClientApp } from '../harness/client-app.js'
import type { Visitor } from './visitor.js'

const NAME = { name: 'journey', version: '1' }

/** An MCP client of the official SDK, and the person whose browser it opens. */
export class Agent {
  readonly app: ClientApp
  readonly #url: URL
  readonly #callback: Server
  #client: Client | undefined

  private constructor(url: string, callback: Server, clientMetadataUrl?: string) {
    this.app = new ClientApp(clientMetadataUrl === undefined ? {} : { clientMetadataUrl })
    this.app.redirectUrl = `http://127.0.0.1:${(callback.address() as AddressInfo).port}/callback`
    this.#callback = callback
    this.#url = new URL(url)
  }

  /**
   * Starts the client, which waits for the browser on a loopback port of its own (RFC 8252 section 7.3).
   *
   * @param clientMetadataUrl where the client publishes its metadata; without one it registers itself
   */
  static async start(url: string, clientMetadataUrl?: string): Promise<Agent> {
    const callback = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end('<link rel="icon" href="data:,"><h1>Done</h1>')
    })
    await new Promise<void>((resolve) => callback.listen(0, '127.0.0.1', resolve))
    return new Agent(url, callback, clientMetadataUrl)
  }

  /**
   * Connects, as when the client is started.
   *
   * @returns the URL that the client opens in the browser, where it has no token that the server accepts
   */
  async connect(): Promise<URL | undefined> {
    const client = new Client(NAME, { versionNegotiation: { mode: 'auto' } })
    return this.#unlessUnauthorized(async () => {
      await client.connect(this.#transport())
      await this.#client?.close()
      this.#client = client
    })
  }

  /** Calls a tool. */
  async call(name: string, args: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    if (!this.#client) throw new Error('the client is not connected')
    const { isError, content, structuredContent } = await this.#client.callTool({ name, arguments: args })
    if (isError) throw new Error(`${name}: ${JSON.stringify(content)}`)
    return structuredContent as Record<string, unknown>
  }

  /** Calls a tool that the token does not suffice for. @returns the URL that the client opens in the browser */
  async callRefused(name: string, args: Record<string, unknown> = {}): Promise<URL> {
    const url = await this.#unlessUnauthorized(() => this.call(name, args))
    if (!url) throw new Error(`${name} was not refused`)
    return url
  }

  /** Opens the authorization in the person's browser, and takes what comes back when they have answered. */
  async authorize(visitor: Visitor, url: URL, answer: () => Promise<void>): Promise<URL> {
    const { page } = visitor
    await visitor.goto(url.href)
    await answer()
    await page.waitForURL(`${this.app.redirectUrl}?**`)
    const back = new URL(page.url())
    if (back.searchParams.has('code')) await this.#transport().finishAuth(back.searchParams)
    return back
  }

  async close(): Promise<void> {
    await this.#client?.close()
    this.#callback.close()
  }

  #transport(): StreamableHTTPClientTransport {
    return new StreamableHTTPClientTransport(this.#url, { authProvider: this.app })
  }

  async #unlessUnauthorized(step: () => Promise<unknown>): Promise<URL | undefined> {
    this.app.authorizationUrl = undefined
    try {
      await step()
      return undefined
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error
      return this.app.authorizationUrl
    }
  }
}
