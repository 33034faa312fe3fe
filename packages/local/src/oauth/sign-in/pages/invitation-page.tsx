import { Page } from '../../../http/page/page.js'

/** After the link of an invitation, where no application has said where it begins a sign-in. */
export function InvitationPage() {
  return (
    <Page title="Invitation">
      <h1>Your address is confirmed</h1>
      <p class="lead">Open the application in this browser and sign in: that accepts the invitation.</p>
      <p>
        No application of this environment has an <code>initiate_login_uri</code>. With one, the link goes
        straight to the application.
      </p>
    </Page>
  )
}
