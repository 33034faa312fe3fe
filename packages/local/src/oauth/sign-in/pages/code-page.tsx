import { Page } from '../../../http/page/page.js'
import { PIN_SCRIPT_PATH } from './pin-script.js'

export interface CodeView {
  email: string
  /** What the e-mail has: a code to type in, a link to open, or both. */
  code: boolean
  link: boolean
  request: string
  action: string
  csrf: string
  problem?: string
}

const CELLS = [1, 2, 3, 4, 5, 6]

/** Waits for the code of an e-mail, which is in the outbox. Without a script each cell takes its digit by itself. */
export function CodePage({ email, code, link, request, action, csrf, problem }: CodeView) {
  return (
    <Page title="Check your e-mail" {...(code ? { script: PIN_SCRIPT_PATH } : {})}>
      <h1>Check your e-mail</h1>
      <p class="lead">
        {code ? 'A code' : 'A link'} for <strong>{email}</strong> is in the{' '}
        <a href="/dashboard/outbox" target="_blank" rel="noreferrer">
          outbox
        </a>
        {link && code ? ', and a link that you can open instead' : ''}. It is valid for five minutes.
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
          <fieldset class="pin" aria-describedby={problem === undefined ? undefined : 'problem'}>
            <legend>Code</legend>
            {CELLS.map((cell) => (
              <input
                name="code"
                type="text"
                data-scope="pin-input"
                data-part="input"
                aria-label={`Digit ${cell} of ${CELLS.length}`}
                inputmode="numeric"
                pattern="[0-9]"
                autocomplete={cell === 1 ? 'one-time-code' : 'off'}
                required
              />
            ))}
          </fieldset>
          <div class="answer">
            <button type="submit">Continue</button>
          </div>
        </form>
      )}
    </Page>
  )
}
