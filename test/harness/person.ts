/**
 * A person at a browser without script: opens a URL, keeps cookies, fills in forms, presses buttons, and stops
 * where the browser leaves the authorization server.
 */
export class Person {
  readonly #cookies = new Map<string, string>()
  readonly #email: string
  /** The pages that were shown, in order. */
  readonly pages: {
    readonly url: string
    readonly status: number
    readonly html: string
    readonly headers: Headers
  }[] = []

  constructor(email: string) {
    this.#email = email
  }

  /**
   * Signs in and answers the consent page.
   *
   * @returns the URL of the client to which the browser was sent
   */
  async authorize(authorizationUrl: URL, answer: 'allow' | 'deny' = 'allow'): Promise<URL> {
    const home = authorizationUrl.origin
    let response = await this.#open(authorizationUrl.href, home)
    for (let step = 0; step < 10; step++) {
      if (response instanceof URL) return response
      const html = await response.text()
      this.pages.push({ url: response.url, status: response.status, html, headers: response.headers })
      if (response.status >= 400)
        throw new Error(`page ${response.status} at ${response.url}: ${visibleText(html)}`)
      response = await this.#answer(html, response.url, home, answer)
    }
    throw new Error('the sign-in did not end')
  }

  async #answer(
    html: string,
    pageUrl: string,
    home: string,
    answer: 'allow' | 'deny',
  ): Promise<Response | URL> {
    const forms = parseForms(html)
    const form =
      forms.find((each) => Object.values(each.fields).includes(this.#email)) ??
      forms.find((each) => each.buttons.some((button) => button.value === this.#email)) ??
      forms.find((each) => each.fields.email !== undefined) ??
      forms.find((each) => each.buttons.some((button) => matches(button, answer)))
    if (!form) throw new Error(`no form for ${this.#email} on ${pageUrl}: ${visibleText(html)}`)
    const fields = new URLSearchParams(form.fields)
    if (form.fields.email !== undefined && form.fields.email === '') fields.set('email', this.#email)
    const pressed =
      form.buttons.find((button) => button.value === this.#email) ??
      form.buttons.find((button) => matches(button, answer)) ??
      form.buttons[0]
    if (pressed?.name) fields.set(pressed.name, pressed.value)
    return this.#open(new URL(pressed?.formAction ?? form.action, pageUrl).href, home, fields)
  }

  async #open(url: string, home: string, form?: URLSearchParams): Promise<Response | URL> {
    let next = url
    let body = form
    for (let hop = 0; hop < 20; hop++) {
      if (new URL(next).origin !== home) return new URL(next)
      const response = await fetch(next, {
        redirect: 'manual',
        headers: {
          cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(body ? { origin: home } : {}),
        },
        ...(body ? { method: 'POST', body } : {}),
      })
      for (const cookie of response.headers.getSetCookie()) this.#keep(cookie)
      const location = response.headers.get('location')
      if (!location) return response
      next = new URL(location, next).href
      body = undefined
    }
    throw new Error('too many redirects')
  }

  #keep(cookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    if (value === '' || /max-age=0|expires=Thu, 01 Jan 1970/i.test(cookie)) this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}

interface Button {
  readonly name: string
  readonly value: string
  readonly text: string
  readonly formAction: string | undefined
}

interface Form {
  readonly action: string
  readonly fields: Record<string, string>
  readonly buttons: Button[]
}

const matches = (button: Button, answer: string) =>
  button.value.toLowerCase() === answer || button.text.toLowerCase().startsWith(answer)

function parseForms(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', inside = '']) => ({
    action: attribute(attributes, 'action') ?? '',
    fields: Object.fromEntries(
      [...inside.matchAll(/<input\b([^>]*)>/g)].flatMap(([, input = '']) => {
        const name = attribute(input, 'name')
        return name ? [[name, attribute(input, 'value') ?? '']] : []
      }),
    ),
    buttons: [...inside.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)].map(
      ([, button = '', text = '']) => ({
        name: attribute(button, 'name') ?? '',
        value: attribute(button, 'value') ?? '',
        text: visibleText(text),
        formAction: attribute(button, 'formaction'),
      }),
    ),
  }))
}

function attribute(attributes: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1]
  return value
    ?.replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

function visibleText(html: string): string {
  return html
    .replace(/<style[\s\S]*?<\/style>|<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}
