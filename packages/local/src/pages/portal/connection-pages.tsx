import type { ConnectionRow } from '../../engine/registry-schema.js'
import type { SsoOutcome } from '../../oauth/sso/sso-routes.js'
import { State } from '../dashboard/data-table.js'
import { ActionForm, type PortalFrame, PortalPage } from './portal-frame.js'

/** What an administrator fills in; a stored secret is not shown. */
export interface OidcFields {
  issuer: string
  client_id: string
  hasSecret: boolean
}

export interface ConnectionView extends PortalFrame {
  connection: ConnectionRow
  redirectUri: string
  /** Undefined for the simulator, which needs none. */
  fields: OidcFields | undefined
}

/** A connection: what to register at the identity provider, what to fill in, a test, and the switch. */
export function ConnectionPage({ connection, redirectUri, fields, ...frame }: ConnectionView) {
  const enabled = connection.enabled === 1
  const ready = connection.status === 'COMPLETED'
  return (
    <PortalPage {...frame}>
      <p class="lead">
        This connection is <State good={enabled}>{enabled ? 'enabled' : 'disabled'}</State>.
        {fields === undefined && ' Its identity provider is the built-in simulator.'}
      </p>
      <dl class="facts">
        <dt>Connection</dt>
        <dd>
          <code>{connection.id}</code>
        </dd>
        <dt>Redirect URI</dt>
        <dd>
          <code>{redirectUri}</code>
        </dd>
      </dl>
      {fields !== undefined && <OidcForm csrf={frame.csrf} fields={fields} problem={frame.problem} />}
      {ready ? (
        <>
          <p>
            <a class="button secondary" href={`${frame.root}/connections/${connection.id}/test`}>
              Test the connection
            </a>
          </p>
          <ActionForm csrf={frame.csrf} actions={[enabled ? ['disable', 'Disable'] : ['enable', 'Enable']]} />
        </>
      ) : (
        <p class="note">It can be tested and enabled when it is filled in.</p>
      )}
    </PortalPage>
  )
}

/** The first step of a connection to a real identity provider. */
export function NewConnectionPage({ fields, ...frame }: PortalFrame & { fields: OidcFields }) {
  return (
    <PortalPage {...frame}>
      <p class="lead">Create an application at your identity provider, and copy these values from there.</p>
      <OidcForm csrf={frame.csrf} fields={fields} problem={frame.problem} />
    </PortalPage>
  )
}

function OidcForm({
  csrf,
  fields,
  problem,
}: {
  csrf: string
  fields: OidcFields
  problem: string | undefined
}) {
  const invalid = problem === undefined ? {} : { 'aria-describedby': 'problem' }
  return (
    <form method="post" class="fields" novalidate>
      <input type="hidden" name="csrf" value={csrf} />
      <label for="issuer">Issuer</label>
      <input id="issuer" name="issuer" type="url" required value={fields.issuer} {...invalid} />
      <label for="client_id">Client ID</label>
      <input
        id="client_id"
        name="client_id"
        type="text"
        autocomplete="off"
        required
        value={fields.client_id}
        {...invalid}
      />
      <label for="client_secret">Client secret{fields.hasSecret && ' (leave empty to keep it)'}</label>
      <input id="client_secret" name="client_secret" type="password" autocomplete="off" {...invalid} />
      <div class="answer">
        <button type="submit" name="action" value="save">
          Save
        </button>
      </div>
    </form>
  )
}

/** What came back from the identity provider in a test. */
export function TestedPage({ outcome, ...frame }: PortalFrame & { outcome: SsoOutcome }) {
  const { identity, refusal } = outcome
  return (
    <PortalPage {...frame}>
      {identity === undefined ? (
        <p class="problem" role="alert">
          {refusal?.message ?? 'The identity provider refused.'}
        </p>
      ) : (
        <>
          <p class="lead">The identity provider says that this is who signed in.</p>
          <dl class="facts">
            {Object.entries(identity).map(([name, value]) => (
              <>
                <dt>{name}</dt>
                <dd>
                  <code>{Array.isArray(value) ? value.join(', ') : String(value)}</code>
                </dd>
              </>
            ))}
          </dl>
        </>
      )}
      <p>
        <a class="button secondary" href={`${frame.root}/connections/${outcome.connection}`}>
          Back to the connection
        </a>
      </p>
    </PortalPage>
  )
}
