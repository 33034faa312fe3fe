import type { ElicitRequestParams, ElicitResult } from '@modelcontextprotocol/client'
import { type HandOffPage, HandOffVisitor } from '../harness/hand-off-page.js'

/** A page that the person opened, as it was shown. */
export interface OpenedPage {
  readonly url: string
  readonly status: number
  readonly text: string
}

/** The person at the client: answers what the server asks, and opens what it hands over. No model sees either. */
export interface Person {
  readonly pages: readonly OpenedPage[]
  answer(question: ElicitRequestParams): Promise<ElicitResult>
  /** Opens the page of a call that waits, signs in, and confirms it. */
  visit(link: string): Promise<void>
}

/** A person who agrees to everything, and does only what a question or a link asks of them. */
export function agreeingPerson(email: string): Person {
  const pages: OpenedPage[] = []
  const visitor = new HandOffVisitor(email)
  const see = (url: string, { status, html, values }: HandOffPage) => {
    pages.push({ url, status, text: [html, ...values.values()].join('\n') })
  }
  const person: Person = {
    pages,
    async answer(question) {
      if (question.mode !== 'url') {
        return { action: 'accept', content: { name: nameToType(question.message) } }
      }
      if (new URL(question.url).pathname.startsWith('/hand-off/')) await person.visit(question.url)
      else pages.push(await open(question.url))
      return { action: 'accept' }
    },
    async visit(link) {
      const page = await visitor.open(link)
      see(link, page)
      if (page.fields.token === undefined) return
      const shown = await page.send('confirm', page.asksFor)
      see(link, shown)
      for (const value of shown.values.values()) {
        if (/^https?:\/\/\S+$/.test(value) && shown.html.includes('>Open</a>')) pages.push(await open(value))
      }
    },
  }
  return person
}

/** The name that the last line of a confirmation asks for. */
function nameToType(message: string): string {
  return /^To confirm, type the name(?: of \S+)?: (.*)$/m.exec(message)?.[1] ?? ''
}

/** Opens a link in a browser that keeps cookies between redirects. */
async function open(url: string): Promise<OpenedPage> {
  const cookies = new Map<string, string>()
  let next = url
  for (let hop = 0; hop < 10; hop++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(next, { redirect: 'manual', headers: cookie ? { cookie } : {} })
    for (const each of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (!location) return { url: response.url, status: response.status, text: await response.text() }
    next = new URL(location, next).href
  }
  throw new Error(`Too many redirects from ${new URL(url).origin}`)
}
