import type { Response } from 'express'
import { renderPage } from './page.js'
import { pageHeaders } from './page-headers.js'

interface PageAnswer {
  status?: number
  /** Whether a form of the page leads to another site: an application, or an identity provider. */
  leadsAway?: boolean
  /** Whether the page has our script. */
  script?: boolean
}

export function sendPage(response: Response, page: { toString(): string }, answer: PageAnswer = {}): void {
  const { status = 200, ...headers } = answer
  response.status(status).set(pageHeaders(headers)).send(renderPage(page))
}
