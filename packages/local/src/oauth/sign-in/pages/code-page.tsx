import { Page } from '../../../http/page/page.js'

export interface CodeView {
  email: string
  /** Whether there is a code to type in, and a link to open. */
  code: boolean
  link: boolean
  request: string
  action: string
  csrf: string
  problem?: string
}

/** Waits for the code of an e-mail, which is in the outbox. */
export function CodePage({ email, code, link, request, action, csrf, problem }: CodeView) {
  return (
    <Page title="Look into your e-mail">
      <h1>Look into your e-mail</h1>
      <p class="lead">
        {code ? 'A code' : 'A link'} for <strong>{email}</strong> is in the{' '}
        <a href="/dashboard/outbox" target="_blank" rel="noreferrer">
          outbox
        </a>
        {link && code ? ', and a link, which you can open instead' : ''}. It counts for five minutes.
      </p>
      {problem !== undefined && (
        <p class="problem" role="alert" id="problem">
          {problem}
        </p>
      )}
      {code && (
        <form method="post" action={action} class="fields">
          <input type="hidden" name="csrf" value={csrf} />
          <input type="hidden" name="email" value={email} />
          <input type="hidden" name="request" value={request} />
          <label for="code">Code</label>
          <input
            id="code"
            name="code"
            inputmode="numeric"
            autocomplete="one-time-code"
            required
            aria-describedby={problem === undefined ? undefined : 'problem'}
          />
          <div class="answer">
            <button type="submit">Continue</button>
          </div>
        </form>
      )}
    </Page>
  )
}
