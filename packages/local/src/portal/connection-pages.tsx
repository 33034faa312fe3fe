import type { Child } from 'hono/jsx'
import { connectionData } from '../domain/connections/connection-data.js'
import type { SsoOutcome } from '../domain/connections/sso-outcome.js'
import type { AssertedIdentity } from '../domain/users/asserted-identity.js'
import { State } from '../http/page/data-table.js'
import type { ConnectionRow } from '../storage/registry-schema.js'
import type { ConnectionFields } from './connection-fields.js'
import { ConnectionForm } from './connection-form.js'
import { ActionForm, type PortalFrame, PortalPage } from './portal-frame.js'

export interface ConnectionView extends PortalFrame {
  connection: ConnectionRow
  /** What to register at the identity provider. */
  facts: readonly (readonly [name: string, value: string])[]
  /** Undefined for the simulator, which needs none. */
  fields: ConnectionFields | undefined
}

/** A connection: what to register at the identity provider, what to fill in, a test, and the switch. */
export function ConnectionPage({ connection, facts, fields, ...frame }: ConnectionView) {
  const enabled = connection.enabled === 1
  const ready = connection.status === 'COMPLETED'
  return (
    <PortalPage {...frame}>
      <p class="lead">
        This connection is <State good={enabled}>{enabled ? 'enabled' : 'disabled'}</State>.
        {fields === undefined && ' Its identity provider is the built-in simulator.'}
      </p>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </>
        ))}
      </dl>
      {fields !== undefined && <ConnectionForm csrf={frame.csrf} fields={fields} problem={frame.problem} />}
      {ready ? (
        <>
          <p>
            <TestLink
              class="button secondary"
              href={`${frame.root}/connections/${connection.id}/test`}
              inTab={frame.testsInTab}
            >
              Test the connection
            </TestLink>
          </p>
          <ActionForm csrf={frame.csrf} actions={[enabled ? ['disable', 'Disable'] : ['enable', 'Enable']]} />
          {connection.type === 'SAML' && (
            <ActionForm
              csrf={frame.csrf}
              actions={[
                connectionData(connection).settings.allowIdpInitiatedLogin === false
                  ? ['allow-idp-initiated', 'Allow sign-ins that begin at the identity provider']
                  : ['forbid-idp-initiated', 'Forbid sign-ins that begin at the identity provider'],
              ]}
            />
          )}
        </>
      ) : (
        <p class="note">It can be tested and enabled when it is filled in.</p>
      )}
    </PortalPage>
  )
}

/**
 * Starts a test. From a frame it opens a tab: identity providers do not let others frame them, and browsers do not send
 * the session of the portal with a form that another site posts into a frame.
 */
export function TestLink({ href, inTab, children, ...more }: TestLinkView) {
  return (
    <a href={href} {...(inTab ? { target: '_blank', rel: 'noopener' } : {})} {...more}>
      {children}
    </a>
  )
}

interface TestLinkView {
  href: string
  inTab: boolean
  class?: string
  children: Child
}

/** The first step of a connection to a real identity provider. */
export function NewConnectionPage({ fields, ...frame }: PortalFrame & { fields: ConnectionFields }) {
  return (
    <PortalPage {...frame}>
      <p class="lead">Create an application at your identity provider, and copy these values from there.</p>
      <ConnectionForm csrf={frame.csrf} fields={fields} problem={frame.problem} />
    </PortalPage>
  )
}

/** The attributes of somebody, the custom ones among them. */
function received({ custom, ...identity }: AssertedIdentity): [name: string, value: unknown][] {
  return [...Object.entries(identity), ...Object.entries(custom)]
}

/** What came back from the identity provider in a test. */
export function TestedPage({ outcome, ...frame }: PortalFrame & { outcome: SsoOutcome }) {
  const { identity, refusal } = outcome
  return (
    <PortalPage {...frame}>
      {identity === undefined ? (
        <p class="problem" role="alert">
          <code>{refusal?.code ?? 'access_denied'}</code>:{' '}
          {refusal?.message ?? 'The identity provider refused.'}
        </p>
      ) : (
        <>
          <p class="lead">The identity provider says that this is who signed in.</p>
          <dl class="facts">
            {received(identity).map(([name, value]) => (
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
