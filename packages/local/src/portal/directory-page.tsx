import { State } from '../http/page/data-table.js'
import type { DirectoryRow } from '../storage/registry-schema.js'
import { ActionForm, type PortalFrame, PortalPage } from './portal-frame.js'

export interface DirectoryView extends PortalFrame {
  directory: DirectoryRow
  endpoint: string
  users: number
  groups: number
  /** How the tokens that there are end. */
  tokens: string[]
  /** A token that was just made, which is shown this once. */
  token?: string
}

/** A directory: what to fill in at the identity provider, and the switch. */
export function DirectoryPage({
  directory,
  endpoint,
  users,
  groups,
  tokens,
  token,
  ...frame
}: DirectoryView) {
  const enabled = directory.enabled === 1
  return (
    <PortalPage {...frame}>
      <p class="lead">
        This directory is <State good={enabled}>{enabled ? 'enabled' : 'disabled'}</State>. It has sent{' '}
        {counted(users, 'user')} and {counted(groups, 'group')}.
      </p>
      <dl class="facts">
        <dt>SCIM endpoint</dt>
        <dd>
          <code>{endpoint}</code>
        </dd>
        <dt>Tokens</dt>
        <dd>{tokens.length === 0 ? 'none yet' : tokens.map((end) => `…${end}`).join(', ')}</dd>
      </dl>
      {token !== undefined && (
        <div class="reveal" role="status">
          <p>Copy the new token now. It is not shown again.</p>
          <code class="token">{token}</code>
        </div>
      )}
      <ActionForm
        csrf={frame.csrf}
        actions={[
          ['token', 'Create a token'],
          ...(tokens.length === 0
            ? []
            : ([enabled ? ['disable', 'Disable'] : ['enable', 'Enable']] as [string, string][])),
        ]}
      />
    </PortalPage>
  )
}

function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
