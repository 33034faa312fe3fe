import type { Response } from 'express'
import { renderPage } from './page.js'
import { pageHeaders } from './page-headers.js'

interface PageAnswer {
  status?: number
  /** Where the client is that a form of the page leads back to. */
  redirectUri?: string
  /** Whether the page has our script. */
  script?: boolean
}

export function sendPage(response: Response, page: { toString(): string }, answer: PageAnswer = {}): void {
  const { status = 200, redirectUri, script = false } = answer
  response.status(status).set(pageHeaders(redirectUri, script)).send(renderPage(page))
}
