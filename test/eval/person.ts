import type { ElicitRequestParams, ElicitResult } from '@modelcontextprotocol/client'

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
}

/** A person who agrees to everything, and does only what a question or a link asks of them. */
export function agreeingPerson(): Person {
  const pages: OpenedPage[] = []
  return {
    pages,
    async answer(question) {
      if (question.mode === 'url') {
        pages.push(await open(question.url))
        return { action: 'accept' }
      }
      return { action: 'accept', content: { name: nameToType(question.message) } }
    },
  }
}

/** The name that the last line of a confirmation asks for. */
function nameToType(message: string): string {
  return /^To confirm, type the name(?: of \S+)?: (.*)$/m.exec(message)?.[1] ?? ''
}

/** Opens a link in a browser that keeps cookies between redirects. Hand-off pages with a sign-in or a button belong here. */
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
