// A request and its answer as the protection reads and writes them. Those of Node have all of this; `fetch/` makes it of the Fetch API.

export interface HttpRequest {
  readonly method?: string | undefined
  /** The request target: path and query, or an absolute URL. */
  readonly url?: string | undefined
  /** Names in lower case. */
  readonly headers: {
    accept?: string | undefined
    readonly authorization?: string | undefined
    readonly host?: string | undefined
    readonly origin?: string | undefined
    readonly 'content-type'?: string | undefined
    readonly 'content-encoding'?: string | undefined
    readonly 'content-length'?: string | undefined
    readonly 'transfer-encoding'?: string | undefined
    readonly [name: string]: string | readonly string[] | undefined
  }
  /** Names and values in turn, as they came. */
  readonly rawHeaders: string[]
}

export type AnswerHeaders = Readonly<Record<string, number | string | readonly string[] | undefined>>

/** What is left of a request's body when it is answered. */
export interface UnreadBody {
  readonly complete: boolean
  readonly headers: HttpRequest['headers']
  once(event: 'end' | 'close', listener: () => void): UnreadBody
  resume(): unknown
}

export interface HttpAnswer {
  readonly req: UnreadBody
  statusCode: number
  statusMessage: string
  readonly headersSent: boolean
  readonly writableEnded: boolean
  readonly socket?: { uncork?(): void } | null
  setHeader(name: string, value: number | string | readonly string[]): unknown
  getHeader(name: string): number | string | string[] | undefined
  removeHeader(name: string): void
  writeHead(status: number, ...rest: never[]): unknown
  flushHeaders(): void
  write(chunk: string | Uint8Array): boolean
  end(chunk?: string | Uint8Array): unknown
}

/** What differs between the APIs for HTTP. */
export interface Transport<Request extends HttpRequest, Answer extends HttpAnswer> {
  /**
   * The body of a request that passed the guard: uncompressed JSON, at most 256 KiB.
   * @throws AuthError `unsupported_media_type`, `payload_too_large`, or `invalid_request` when it breaks off
   */
  readBody(req: Request, res: Answer): Promise<Uint8Array>
  /** The client's address where the option `addressOf` does not say it; empty: not known. */
  addressOf(req: Request): string
}
