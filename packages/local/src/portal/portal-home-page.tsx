import { State } from '../http/page/data-table.js'
import type { ConnectionRow, DirectoryRow, DomainRow } from '../storage/registry-schema.js'
import { TestLink } from './connection-pages.js'
import { DomainSection } from './domain-page.js'
import { ActionForm, type PortalFrame, PortalPage } from './portal-frame.js'

export interface PortalHomeView extends PortalFrame {
  /** Undefined where the link was not for them. */
  connections: ConnectionRow[] | undefined
  directories: DirectoryRow[] | undefined
  domains: DomainRow[] | undefined
}

/** What a customer's administrator can set up. */
export function PortalHomePage({ connections, directories, domains, ...frame }: PortalHomeView) {
  return (
    <PortalPage {...frame}>
      <p class="lead">Set up how the people of {frame.organization} sign in.</p>
      {connections !== undefined && (
        <section aria-labelledby="sso">
          <h2 id="sso">Single sign-on</h2>
          {connections.length === 0 && <p>No identity provider is connected yet.</p>}
          <Connections
            root={`${frame.root}/connections`}
            {...{ connections, testsInTab: frame.testsInTab }}
          />
          <p>
            <a class="button secondary" href={`${frame.root}/connections/new`}>
              Connect with OpenID Connect
            </a>{' '}
            <a class="button secondary" href={`${frame.root}/connections/new-saml`}>
              Connect with SAML
            </a>
          </p>
          <ActionForm
            csrf={frame.csrf}
            actions={[['simulator', 'Connect the identity provider simulator']]}
          />
        </section>
      )}
      {domains !== undefined && <DomainSection root={frame.root} domains={domains} csrf={frame.csrf} />}
      {directories !== undefined && (
        <section aria-labelledby="directories">
          <h2 id="directories">Directory sync</h2>
          {directories.length === 0 && <p>No directory sends its users yet.</p>}
          <Entries
            root={`${frame.root}/directories`}
            entries={directories.map((row) => [row.id, row.name, row.enabled === 1])}
          />
          <ActionForm csrf={frame.csrf} actions={[['directory', 'Add a SCIM directory']]} />
        </section>
      )}
    </PortalPage>
  )
}

/** Connections with their provider and status. Those that are configured can be tested here. */
function Connections({ root, connections, testsInTab }: ConnectionsView) {
  return (
    <ul class="entries">
      {connections.map(({ id, key_id, type, provider, status, enabled }) => (
        <li>
          <a href={`${root}/${id}`}>{key_id}</a> {provider} {type}{' '}
          <State good={enabled === 1}>{enabled === 1 ? 'enabled' : STATUS[status]}</State>{' '}
          {status === 'COMPLETED' && (
            <TestLink href={`${root}/${id}/test`} inTab={testsInTab}>
              Test
            </TestLink>
          )}
        </li>
      ))}
    </ul>
  )
}

interface ConnectionsView {
  root: string
  connections: ConnectionRow[]
  testsInTab: boolean
}

const STATUS = { DRAFT: 'draft', IN_PROGRESS: 'in progress', COMPLETED: 'disabled' } as const

function Entries({
  root,
  entries,
}: {
  root: string
  entries: [id: string, name: string, enabled: boolean][]
}) {
  return (
    <ul class="entries">
      {entries.map(([id, name, enabled]) => (
        <li>
          <a href={`${root}/${id}`}>{name}</a>{' '}
          <State good={enabled}>{enabled ? 'enabled' : 'disabled'}</State>
        </li>
      ))}
    </ul>
  )
}
