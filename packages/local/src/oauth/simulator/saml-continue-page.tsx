import { Page } from '../../http/page/page.js'

export interface SamlContinueView {
  recipient: string
  samlResponse: string
  relayState: string
}

/** The HTTP POST binding (SAML 2.0 Bindings, section 3.5.4) without a script: the browser carries the response in a form. */
export function SamlContinuePage({ recipient, samlResponse, relayState }: SamlContinueView) {
  return (
    <Page title="Identity provider simulator">
      <h1>Identity provider simulator</h1>
      <p class="lead">The answer is ready. Take it to the service that asked.</p>
      <form method="post" action={recipient} class="fields">
        <input type="hidden" name="SAMLResponse" value={samlResponse} />
        <input type="hidden" name="RelayState" value={relayState} />
        <div class="answer">
          <button type="submit">Continue</button>
        </div>
      </form>
    </Page>
  )
}
