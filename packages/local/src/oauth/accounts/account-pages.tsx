import type { CredentialField } from '../../domain/agent-tools/connector.js'
import { ErrorPage } from '../../http/page/message-pages.js'
import { Page } from '../../http/page/page.js'

/** Why an account was not connected, by the names that the query of the page has. */
export const FAILURES = {
  access_denied: {
    error: 'access_denied',
    description: 'The user denied access',
    explanation: 'You did not allow access to the account. Nothing has changed.',
  },
  invalid_request: {
    error: 'invalid_request',
    description: 'The provider refused the request',
    explanation: 'The provider refused the request.',
  },
  unauthorized_client: {
    error: 'unauthorized_client',
    description: 'The connection may not ask for access',
    explanation: 'The provider does not let this connection ask for access.',
  },
  invalid_scope: {
    error: 'invalid_scope',
    description: 'The provider does not know a scope',
    explanation: 'The connection asks for a scope that the provider does not know.',
  },
  server_error: {
    error: 'server_error',
    description: 'The provider failed',
    explanation: 'The provider failed.',
  },
  not_exchanged: {
    error: 'failed_to_exchange_token',
    description: 'The provider did not exchange the code for tokens',
    explanation: 'You allowed access, but the provider did not exchange the code for tokens.',
  },
  no_verify_url: {
    error: 'failed_to_exchange_token',
    description: 'user_verify_url not configured for verification redirect',
    explanation:
      'The environment leaves it to the application to verify users, and the application gave no user_verify_url with the link.',
  },
  invalid_state: {
    error: 'invalid_request',
    description: 'Invalid state parameter',
    explanation:
      'This answer of the provider was used before, took longer than ten minutes, or belongs to no link.',
  },
  other_browser: {
    error: 'invalid_request',
    description: 'session expired or invalid',
    explanation: 'The link was opened in another browser.',
  },
} as const
export type FailureName = keyof typeof FAILURES

/** Shows our own texts only: anybody can write the query of this page. */
export function FailurePage({ error, description }: { error: unknown; description: unknown }) {
  const known = Object.values(FAILURES).filter((failure) => failure.error === error)
  const { explanation } = known.find((failure) => failure.description === description) ??
    known[0] ?? { explanation: 'The account could not be connected.' }
  return (
    <ErrorPage
      title="The account is not connected"
      explanation={explanation}
      next="Go back to the application and ask for a new link."
      {...(known[0] && { code: known[0].error })}
    />
  )
}

/** For a link that is unknown, used or expired. */
export function ClosedLinkPage() {
  return (
    <ErrorPage
      title="This link does not connect an account"
      explanation="Links to connect an account can be opened once and expire after one minute."
      next="Go back to the application and ask for a new link."
    />
  )
}

/** For a link of a connection that is disabled. */
export function DisabledConnectionPage() {
  return (
    <ErrorPage
      title="This connection is disabled"
      explanation="Accounts cannot be connected while the connection is disabled."
      next="Go back to the application. Its developer can enable the connection."
    />
  )
}

export function ConnectedPage() {
  return (
    <Page title="Account connected">
      <h1>Account connected</h1>
      <p class="lead">The application can use the account now. You can close this page.</p>
    </Page>
  )
}

export interface CredentialView {
  connector: string
  identifier: string
  csrf: string
  fields: readonly CredentialField[]
  /** What was typed; passwords are typed again. */
  values?: Readonly<Record<string, string>>
  problem?: string
}

/** The form for credentials that a user has: a key, a token, or a name and a password. */
export function CredentialPage({
  connector,
  identifier,
  csrf,
  fields,
  values = {},
  problem,
}: CredentialView) {
  const invalid: Record<string, string> = problem === undefined ? {} : { 'aria-describedby': 'problem' }
  return (
    <Page title={`Connect ${connector}`}>
      <h1>Connect {connector}</h1>
      <p class="lead">
        The application uses these credentials on behalf of <strong>{identifier}</strong>.
      </p>
      {problem !== undefined && (
        <p class="problem" role="alert" id="problem">
          {problem}
        </p>
      )}
      <form method="post" class="fields" novalidate>
        <input type="hidden" name="csrf" value={csrf} />
        {fields.map(({ field_name, label, input_type, required }) => (
          <>
            <label for={field_name}>{label}</label>
            <input
              id={field_name}
              name={field_name}
              type={input_type}
              autocomplete="off"
              required={required}
              value={input_type === 'password' ? undefined : values[field_name]}
              {...invalid}
            />
          </>
        ))}
        <div class="answer">
          <button type="submit">Connect</button>
        </div>
      </form>
    </Page>
  )
}
