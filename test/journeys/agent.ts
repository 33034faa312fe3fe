import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'
import { ClientApp } from '../harness/client-app.js'
import type { Visitor } from './visitor.js'

const NAME = { name: 'journey', version: '1' }
const CALLBACK = 'http://127.0.0.1:33418/**'

/** An MCP client of the official SDK, and the person whose browser it opens. */
export class Agent {
  readonly app: ClientApp
  readonly #url: URL
  #client: Client | undefined

  /** @param clientMetadataUrl where the client publishes its metadata; without one it registers itself */
  constructor(url: string, clientMetadataUrl?: string) {
    this.app = new ClientApp(clientMetadataUrl === undefined ? {} : { clientMetadataUrl })
    this.#url = new URL(url)
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
    await page.route(CALLBACK, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Done</h1>' }))
    await visitor.goto(url.href)
    await answer()
    await page.waitForURL(CALLBACK)
    const back = new URL(page.url())
    if (back.searchParams.has('code')) await this.#transport().finishAuth(back.searchParams)
    return back
  }

  async close(): Promise<void> {
    await this.#client?.close()
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
