import { Page } from '../../../http/page/page.js'

export interface ConsentView {
  provider: string
  action: string
  csrf: string
  account: string
  scopes: readonly string[]
  problem?: string
}

/** The consent page of a provider, simulated. It accepts any account. */
export function ProviderConsentPage({ provider, action, csrf, account, scopes, problem }: ConsentView) {
  return (
    <Page title={`${provider} simulator`}>
      <h1>Allow access to {provider}?</h1>
      <p class="lead">
        This page simulates the consent page of {provider}. An application asks for access to an account.
      </p>
      {problem !== undefined && (
        <p class="problem" role="alert" id="problem">
          {problem}
        </p>
      )}
      <form method="post" action={action} class="fields" novalidate>
        <input type="hidden" name="csrf" value={csrf} />
        <label for="account">Account</label>
        <input
          id="account"
          name="account"
          type="text"
          autocomplete="off"
          required
          maxlength={200}
          value={account}
          aria-describedby={problem === undefined ? undefined : 'problem'}
          aria-invalid={problem === undefined ? undefined : 'true'}
        />
        <label for="scopes">Scopes, one per line: remove those that you do not allow</label>
        <textarea id="scopes" name="scopes" rows={Math.max(scopes.length, 2)}>
          {scopes.join('\n')}
        </textarea>
        <label for="access">How long</label>
        <select id="access" name="access">
          <option value="offline">Until it is revoked (with a refresh token)</option>
          <option value="online">One hour (without a refresh token)</option>
        </select>
        <div class="answer">
          <button type="submit" name="answer" value="allow">
            Allow
          </button>
          <button type="submit" class="secondary" name="answer" value="deny">
            Deny
          </button>
        </div>
      </form>
    </Page>
  )
}
