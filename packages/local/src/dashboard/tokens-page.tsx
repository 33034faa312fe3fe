import type { HeldToken } from '../domain/tokens/held-tokens.js'
import { DataTable, Id, State } from '../http/page/data-table.js'
import { type DashboardFrame, DashboardPage } from './dashboard-page.js'
import { Moment } from './moment.js'
import { PAGE_SCRIPT_PATH } from './page-script.js'
import { Pager, type Paging } from './pager.js'

/** A token with the e-mail address of the person whom it stands for, if it is one. */
export type ShownToken = HeldToken & { readonly email: string | undefined }

interface TokensView extends DashboardFrame, Paging {
  csrf: string
  access: ShownToken[]
  refresh: ShownToken[]
  sessions: ShownToken[]
  api: ShownToken[]
}

const COLUMNS = ['Id', 'For', 'Client', 'Realm', 'Issued', 'Expires', 'State', 'Action']

/** What opens something here, of every kind: what is known of it, which is not the token. */
export function TokensPage({ csrf, access, refresh, sessions, api, total, page, ...frame }: TokensView) {
  const rows = (tokens: ShownToken[]) => tokens.map((token) => rowOf(token, csrf))
  return (
    <DashboardPage {...frame} script={PAGE_SCRIPT_PATH}>
      <p class="lead">Open an access token to see its claims. Revoking one ends what was made from it.</p>
      <DataTable
        {...{ title: 'Access tokens', total, columns: COLUMNS, rows: rows(access) }}
        empty="No token was issued yet. Sign in, or ask for one with client credentials."
        paged
      />
      <Pager {...{ total, page }} path="/dashboard/tokens" />
      <DataTable
        {...{ title: 'Refresh tokens', columns: COLUMNS, rows: rows(refresh) }}
        empty="No client has a refresh token."
      />
      <DataTable
        {...{ title: 'Sessions', columns: COLUMNS, rows: rows(sessions) }}
        empty="Nobody is signed in."
      />
      <DataTable
        {...{ title: 'API tokens', columns: COLUMNS, rows: rows(api) }}
        empty="No application has made an API token for its customers."
      />
    </DashboardPage>
  )
}

/** One access token, with its claims. */
export function TokenPage({ token, csrf, ...frame }: DashboardFrame & { token: ShownToken; csrf: string }) {
  return (
    <DashboardPage {...frame} script={PAGE_SCRIPT_PATH}>
      <p class="lead">
        <TokenState {...token} /> · issued <Moment at={token.issuedAt} />
        {token.expiresAt !== undefined && (
          <>
            {' '}
            · expires <Moment at={token.expiresAt} />
          </>
        )}
      </p>
      <dl class="facts">
        <dt>For</dt>
        <dd>{token.email ?? token.subject ?? '–'}</dd>
        <dt>Realm</dt>
        <dd>
          <Id>{token.realm}</Id>
        </dd>
      </dl>
      <h2>Claims</h2>
      <pre>{JSON.stringify(token.claims, null, 2)}</pre>
      <Revoke {...{ token, csrf, action: `/dashboard/tokens/${token.id}` }} />
    </DashboardPage>
  )
}

function rowOf(token: ShownToken, csrf: string) {
  const { kind, id, email, subject, client, realm, issuedAt, expiresAt } = token
  // A refresh token is kept as a hash: its start is enough to tell two apart.
  const name = kind === 'refresh' ? `${id.slice(0, 12)}…` : id
  return [
    kind === 'access' ? (
      <a href={`/dashboard/tokens/${id}`}>
        <Id>{name}</Id>
      </a>
    ) : (
      <Id>{name}</Id>
    ),
    email ?? subject ?? '–',
    client === undefined ? '–' : <Id>{client}</Id>,
    <Id>{realm}</Id>,
    <Moment at={issuedAt} />,
    expiresAt === undefined ? 'never' : <Moment at={expiresAt} />,
    <TokenState {...token} />,
    <Revoke {...{ token, csrf, action: '/dashboard/tokens' }} />,
  ]
}

function TokenState({ state }: Pick<HeldToken, 'state'>) {
  return (
    <State good={state === 'active'} bad={state === 'revoked'}>
      {state}
    </State>
  )
}

function Revoke({ token, csrf, action }: { token: ShownToken; csrf: string; action: string }) {
  const { kind, id, realm, state } = token
  if (state !== 'active') return null
  return (
    <form method="post" action={action}>
      <input type="hidden" name="csrf" value={csrf} />
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name="id" value={id} />
      <input type="hidden" name="realm" value={realm} />
      <button type="submit" class="secondary small" aria-label={`Revoke ${id}`}>
        {kind === 'session' ? 'Sign out' : 'Revoke'}
      </button>
    </form>
  )
}
