import { Page } from '../../http/page/page.js'
import { SIMULATED_ERRORS } from './simulated-person.js'

export interface SimulatorView {
  connection: string
  action: string
  csrf: string
  email?: string
  problem?: string
  /** Whether nobody has asked who signs in. */
  onlyIdpInitiated?: boolean
}

/** A company's identity provider, simulated: whoever one says to be, one is. */
export function SimulatorPage({
  connection,
  action,
  csrf,
  email = '',
  problem,
  onlyIdpInitiated = false,
}: SimulatorView) {
  return (
    <Page title="Identity provider simulator">
      <h1>Identity provider simulator</h1>
      <p class="lead">
        This stands for the identity provider of a customer, behind the connection <code>{connection}</code>.
        Say who signs in.
      </p>
      {problem !== undefined && (
        <p class="problem" role="alert" id="problem">
          {problem}
        </p>
      )}
      <form method="post" action={action} class="fields" novalidate>
        <input type="hidden" name="csrf" value={csrf} />
        <label for="email">E-mail address</label>
        <input
          id="email"
          name="email"
          type="email"
          autocomplete="off"
          required
          value={email}
          aria-describedby={problem === undefined ? undefined : 'problem'}
          aria-invalid={problem === undefined ? undefined : 'true'}
        />
        <label for="given_name">First name</label>
        <input id="given_name" name="given_name" type="text" autocomplete="off" />
        <label for="family_name">Last name</label>
        <input id="family_name" name="family_name" type="text" autocomplete="off" />
        <label for="groups">Groups, separated by commas</label>
        <input id="groups" name="groups" type="text" autocomplete="off" />
        <label for="custom">Custom attributes, one key=value per line</label>
        <textarea id="custom" name="custom" rows={2}></textarea>
        <label for="relay_state">Relay state, for a sign-in that begins here</label>
        <input id="relay_state" name="relay_state" type="text" autocomplete="off" />
        {!onlyIdpInitiated && (
          <>
            <label for="error">Error</label>
            <select id="error" name="error">
              {Object.entries(SIMULATED_ERRORS).map(([name, { message }]) => (
                <option value={name}>{message}</option>
              ))}
            </select>
          </>
        )}
        <div class="answer">
          {!onlyIdpInitiated && (
            <button type="submit" name="answer" value="sign-in">
              Sign in
            </button>
          )}
          <button
            type="submit"
            class={onlyIdpInitiated ? undefined : 'secondary'}
            name="answer"
            value="idp-initiated"
          >
            Begin here (IdP-initiated)
          </button>
          {!onlyIdpInitiated && (
            <button type="submit" class="secondary" name="answer" value="refuse">
              Answer with the error
            </button>
          )}
        </div>
      </form>
    </Page>
  )
}
