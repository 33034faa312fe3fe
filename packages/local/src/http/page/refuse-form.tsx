import type { Response } from 'express'
import { ErrorPage } from './message-pages.js'
import { sendPage } from './send-page.js'

/** Answers a form that does not carry the token of its page. */
export function refuseForm(response: Response): void {
  const page = (
    <ErrorPage
      title="This form was not accepted"
      explanation="It did not come from the page that we showed, or it was sent twice."
      next="Go back, reload the page and try again."
    />
  )
  sendPage(response, page, { status: 403 })
}
