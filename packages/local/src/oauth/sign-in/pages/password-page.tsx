import { Page } from '../../../http/page/page.js'

export interface PasswordView {
  email: string
  token: string
  action: string
  csrf: string
  problem?: string
}

/** Sets a password, for whoever opened the link of an e-mail. */
export function PasswordPage({ email, token, action, csrf, problem }: PasswordView) {
  return (
    <Page title="Set your password">
      <h1>Set your password</h1>
      <p class="lead">
        You will sign in as <strong>{email}</strong> with it.
      </p>
      {problem !== undefined && (
        <p class="problem" role="alert" id="problem">
          {problem}
        </p>
      )}
      <form method="post" action={action} class="fields">
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="password_token" value={token} />
        <input type="hidden" name="email" value={email} autocomplete="username" />
        <label for="password">New password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="new-password"
          minlength={8}
          maxlength={256}
          required
          aria-describedby={problem === undefined ? undefined : 'problem'}
        />
        <div class="answer">
          <button type="submit">Set and sign in</button>
        </div>
      </form>
    </Page>
  )
}

/** The same answer for every address, so that it tells nobody who is here. */
export function PasswordLinkPage({ email }: { email: string }) {
  return (
    <Page title="Look into your e-mail">
      <h1>Look into your e-mail</h1>
      <p class="lead">
        A link for setting the password of <strong>{email}</strong> is in the{' '}
        <a href="/dashboard/outbox" target="_blank" rel="noreferrer">
          outbox
        </a>
        , unless too many were asked for. It counts for a quarter of an hour, in this browser.
      </p>
    </Page>
  )
}
