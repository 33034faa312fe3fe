import { Person } from './person.js'

/** One page of a hand-off, as a person has it in a browser. */
export interface HandOffPage {
  readonly status: number
  readonly html: string
  readonly headers: Headers
  /** What the page shows to copy, by its label. */
  readonly values: ReadonlyMap<string, string>
  /** Sends the form with a button; `name` is what the person types. @returns the next page */
  send(decision: 'confirm' | 'decline', name?: string, signal?: AbortSignal): Promise<HandOffPage>
  /** Sends what the form would, with changes. */
  post(fields: Record<string, string>, headers?: Record<string, string>): Promise<HandOffPage>
  /** The fields of its form. */
  readonly fields: Readonly<Record<string, string>>
  /** The name that the page asks to type. */
  readonly asksFor: string | undefined
}

/** A browser without script that keeps the cookies of one MCP server, at which one person signs in. */
export class HandOffVisitor {
  readonly #cookies = new Map<string, string>()
  readonly #email: string

  readonly #consent: 'allow' | 'deny'

  constructor(email: string, consent: 'allow' | 'deny' = 'allow') {
    this.#email = email
    this.#consent = consent
  }

  /** Opens the link and signs in where the page asks for it. */
  async open(link: string): Promise<HandOffPage> {
    const response = await this.#fetch(link)
    const location = response.headers.get('location')
    if (!location) return this.#page(response, link)
    const callback = await new Person(this.#email).authorize(new URL(location), this.#consent)
    const back = await this.#fetch(callback.href)
    const next = back.headers.get('location')
    return next ? this.open(new URL(next, callback).href) : this.#page(back, callback.href)
  }

  async #fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) }
    const response = await fetch(url, { redirect: 'manual', ...init, headers })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      this.#cookies.set(name, value)
    }
    return response
  }

  async #page(response: Response, url: string): Promise<HandOffPage> {
    const html = await response.text()
    const fields = Object.fromEntries(
      [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(
        ([, name = '', value]) => [name, decode(value ?? '')],
      ),
    )
    const labels = [...html.matchAll(/<h2>([^<]*)<\/h2>\s*<pre id="value-\d+">([^<]*)<\/pre>/g)]
    const post = async (
      body: Record<string, string>,
      headers: Record<string, string> = {},
      signal?: AbortSignal,
    ) =>
      this.#page(
        await this.#fetch(url, {
          method: 'POST',
          ...(signal ? { signal } : {}),
          body: new URLSearchParams(body),
          headers: { origin: new URL(url).origin, ...headers },
        }),
        url,
      )
    const [, asked] = /type the name: <code>([^<]*)<\/code>/.exec(html) ?? []
    return {
      status: response.status,
      html,
      headers: response.headers,
      fields,
      values: new Map(labels.map(([, label = '', value = '']) => [decode(label), decode(value)])),
      asksFor: asked === undefined ? undefined : decode(asked),
      post,
      send: (decision, name, signal) =>
        post({ ...fields, decision, ...(name === undefined ? {} : { name }) }, {}, signal),
    }
  }
}

function decode(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}
