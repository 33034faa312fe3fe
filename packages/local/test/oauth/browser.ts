/** As much of a browser as signing in takes: it keeps cookies by path, follows redirects and fills in forms. */
export class Browser {
  readonly #cookies = new Map<string, { path: string; value: string }>()

  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const { pathname } = new URL(url)
    // Longer paths come first (RFC 6265, section 5.4).
    const cookie = [...this.#cookies]
      .sort(([, a], [, b]) => b.path.length - a.path.length)
      .filter(([, { path }]) => pathname === path || pathname.startsWith(path === '/' ? path : `${path}/`))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ')
    const headers = new Headers(init.headers)
    if (cookie) headers.set('cookie', cookie)
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  /** Opens a URL and follows redirects up to the first page, or to the first address that is not on this host. */
  async follow(url: string, init?: RequestInit): Promise<{ url: string; page?: string; response: Response }> {
    const response = await this.open(url, init)
    const location = response.headers.get('location')
    if (location === null) return { url, page: await response.text(), response }
    const next = new URL(location, url)
    return next.origin === new URL(url).origin ? this.follow(next.href) : { url: next.href, response }
  }

  /** Submits the form of a page, with its token and these fields. */
  submit(url: string, page: string, fields: Record<string, string>) {
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    return this.follow(url, {
      method: 'POST',
      headers: { origin: new URL(url).origin },
      body: new URLSearchParams({ csrf, ...fields }),
    })
  }

  /** Another browser that knows what this one knows now: what somebody has who copied it. */
  copy(): Browser {
    const twin = new Browser()
    for (const [key, cookie] of this.#cookies) twin.#cookies.set(key, cookie)
    return twin
  }

  cookies(): { name: string; value: string }[] {
    return [...this.#cookies].map(([key, { value }]) => ({ name: key.split(' ')[0] ?? '', value }))
  }

  forget(): void {
    this.#cookies.clear()
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ')
    const split = pair.indexOf('=')
    const name = pair.slice(0, split)
    const attribute = (key: string) =>
      attributes.find((one) => one.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1)
    const path = attribute('path') ?? '/'
    const expires = attribute('expires')
    if (expires !== undefined && Date.parse(expires) < Date.now()) this.#cookies.delete(`${name} ${path}`)
    else this.#cookies.set(`${name} ${path}`, { path, value: pair.slice(split + 1) })
  }
}
