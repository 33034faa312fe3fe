import type { Ceremony } from '../../../domain/passkeys/ceremonies.js'
import { Page } from '../../../http/page/page.js'
import { PASSKEY_SCRIPT_PATH } from './passkey-script.js'

interface PasskeyFormView {
  action: string
  csrf: string
  ceremony: Ceremony
}

/** Makes a passkey, for whoever opened the link of an e-mail. */
export function PasskeyPage({
  email,
  token,
  action,
  csrf,
  ceremony,
}: PasskeyFormView & { email: string; token: string }) {
  return (
    <Page title="Make a passkey" script={PASSKEY_SCRIPT_PATH}>
      <h1>Make a passkey</h1>
      <p class="lead">
        You will sign in as <strong>{email}</strong> with it.
      </p>
      <form
        method="post"
        action={action}
        data-passkey="create"
        data-options={JSON.stringify(ceremony.options)}
      >
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="passkey_token" value={token} />
        <input type="hidden" name="challenge" value={ceremony.challenge} />
        <input type="hidden" name="credential" value="" />
        <p role="status" id="passkey-state"></p>
        <div class="answer">
          <button type="submit" name="way" value="passkey">
            Make it and sign in
          </button>
        </div>
      </form>
    </Page>
  )
}

/** The same answer for every address, so that it tells nobody who is here. */
export function PasskeyLinkPage({ email }: { email: string }) {
  return (
    <Page title="Look into your e-mail">
      <h1>Look into your e-mail</h1>
      <p class="lead">
        A link for making a passkey of <strong>{email}</strong> is in the{' '}
        <a href="/dashboard/outbox" target="_blank" rel="noreferrer">
          outbox
        </a>
        , if that address is somebody's here. It counts for a quarter of an hour, in this browser.
      </p>
    </Page>
  )
}

/** On the sign-in page: with a passkey that there is, or with one to be made through a link. */
export function PasskeyForm({ action, csrf, ceremony, email }: PasskeyFormView & { email: string }) {
  return (
    <form
      method="post"
      action={action}
      class="by-email fields"
      novalidate
      data-passkey="get"
      data-options={JSON.stringify(ceremony.options)}
    >
      <input type="hidden" name="csrf" value={csrf} />
      <input type="hidden" name="challenge" value={ceremony.challenge} />
      <input type="hidden" name="credential" value="" />
      <label for="passkey-email">Or with a passkey; e-mail address for a new one</label>
      <input id="passkey-email" name="address" type="email" autocomplete="username webauthn" value={email} />
      <p role="status" id="passkey-state"></p>
      <div class="answer">
        <button type="submit" name="way" value="passkey">
          Sign in with a passkey
        </button>
        <button type="submit" class="secondary" name="way" value="passkey-link">
          Make one by e-mail
        </button>
      </div>
    </form>
  )
}
