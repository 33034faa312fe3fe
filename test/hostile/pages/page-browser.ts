import { Person } from '../../harness/person.js'

/** A browser at the pages of hand-offs, without script. */
export class PageBrowser {
  readonly #cookies = new Map<string, string>()

  /** What it sends as Cookie. */
  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** The id of its session; empty before it is signed in. */
  get session(): string {
    return this.#cookies.get('hand-off-session') ?? ''
  }

  /** Opens a link without a session. @returns where the server sends the browser to sign in */
  async begin(link: string): Promise<URL> {
    const { headers, status } = await this.#get(link)
    const location = headers.get('location')
    if (!location) throw new Error(`no sign-in begins at the page: ${status}`)
    return new URL(location)
  }

  /** @param asks changes what the browser asks the authorization server for, as its person can */
  async signIn(link: string, email: string, asks: (url: URL) => void = () => undefined): Promise<void> {
    const url = await this.begin(link)
    asks(url)
    await this.#get((await new Person(email).authorize(url)).href)
    if (!this.session) throw new Error(`${email} was not signed in`)
  }

  /** The hidden fields of the page's form, and the whole page. */
  async open(link: string): Promise<{ readonly html: string; readonly fields: Record<string, string> }> {
    const html = await (await this.#get(link)).text()
    const inputs = html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)
    return { html, fields: Object.fromEntries([...inputs].map(([, name, value]) => [name, value])) }
  }

  async #get(url: string): Promise<Response> {
    const response = await fetch(url, { redirect: 'manual', headers: { cookie: this.cookie } })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (/max-age=0/i.test(set)) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    return response
  }
}
