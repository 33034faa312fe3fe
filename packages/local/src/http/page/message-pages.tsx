import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { Page } from './page.js'

/** Something went wrong that the client cannot be told about: what, and what to do. */
export function ErrorPage(props: {
  title: string
  explanation: string
  next: string
  code?: string
  /** Where the documentation says more. */
  guide?: string
  /** The path of a script, and what it needs. */
  script?: string
  children?: Child
}) {
  return (
    <Page title={props.title} {...(props.script === undefined ? {} : { script: props.script })}>
      <h1>{props.title}</h1>
      <p class="lead">{props.explanation}</p>
      <p>{props.next}</p>
      {props.code !== undefined && (
        <p class="code">
          Error code: <code>{props.code}</code>
        </p>
      )}
      {props.guide !== undefined && (
        <p>
          Troubleshooting: <code>{props.guide}</code>
        </p>
      )}
      {props.children}
    </Page>
  )
}

/** What `ErrorPage` says about a sign-in that is no longer there. */
export const EXPIRED = {
  title: 'This page has expired',
  explanation:
    'The sign-in that it belongs to was finished, took longer than ten minutes, or was started in another browser.',
  next: 'Start again from the application that sent you here.',
}

/** `form` is oidc-provider's own hidden form, with the token that proves that we asked. */
export function ConfirmSignOutPage({ form }: { form: string }) {
  return (
    <Page title="Sign out">
      <h1>Sign out?</h1>
      <p class="lead">You will be signed out of this realm of the local environment.</p>
      {raw(form)}
      <div class="answer">
        <button type="submit" form="op.logoutForm" name="logout" value="yes">
          Sign out
        </button>
        <button class="secondary" type="submit" form="op.logoutForm">
          Stay signed in
        </button>
      </div>
    </Page>
  )
}

export function SignedOutPage() {
  return (
    <Page title="Signed out">
      <h1>You are signed out</h1>
      <p class="lead">You can close this page.</p>
    </Page>
  )
}
