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

interface FramedLocals {
  framedBy?: readonly string[]
}

/** Lets these origins frame the pages of a response, which have our script to talk to them. */
export function letFrame(response: Response, framedBy: readonly string[]): void {
  Object.assign(response.locals, { framedBy } satisfies FramedLocals)
}

export function sendPage(response: Response, page: { toString(): string }, answer: PageAnswer = {}): void {
  const { status = 200, leadsAway = false, script = false } = answer
  const { framedBy } = response.locals as FramedLocals
  const headers = pageHeaders({
    leadsAway,
    script: script || framedBy !== undefined,
    ...(framedBy && { framedBy }),
  })
  response.status(status).set(headers).send(renderPage(page))
}
