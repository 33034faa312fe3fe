import { DataTable, Id, State } from '../http/page/data-table.js'
import type { LoggedRequest, RequestContents } from '../http/request-log.js'
import { type ShownBody, showHeaders, showUrl } from '../http/shown-body.js'
import { type DashboardFrame, DashboardPage } from './dashboard-page.js'
import { Moment } from './moment.js'
import { PAGE_SCRIPT_PATH } from './page-script.js'
import { PAGE_SIZE, Pager } from './pager.js'
import type { RequestFilter } from './request-filter.js'
import { SCRIPT_PATH } from './request-log-script.js'

interface RequestsView extends DashboardFrame {
  /** What the filter leaves, the latest first. */
  requests: LoggedRequest[]
  filter: RequestFilter
  page: number
}

const STATUSES = [
  ['', 'any'],
  ['2', '2xx'],
  ['3', '3xx'],
  ['4', '4xx'],
  ['5', '5xx'],
  ['0', 'dropped'],
] as const
const METHODS = ['', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** What clients asked, latest first; without a filter the script of the page puts new requests on top. */
export function RequestsPage({ requests, filter, page, ...frame }: RequestsView) {
  const isFiltered = Object.values(filter).some(Boolean)
  const shown = requests.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
  const isLive = !isFiltered && page === 1
  return (
    <DashboardPage {...frame} script={isLive ? SCRIPT_PATH : PAGE_SCRIPT_PATH}>
      <p class="lead">
        Open a request to see what was sent and answered, or to send it again.{' '}
        {isLive && <span id="live">Reload to see new ones.</span>}
      </p>
      <form method="get" action="/dashboard/requests" class="filter">
        <label>
          Path contains
          <input name="path" value={filter.path} />
        </label>
        <label>
          Method
          <select name="method">
            {METHODS.map((method) => (
              <option value={method} selected={method === filter.method}>
                {method || 'any'}
              </option>
            ))}
          </select>
        </label>
        <label>
          Status
          <select name="status">
            {STATUSES.map(([value, name]) => (
              <option value={value} selected={value === filter.status}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Realm
          <select name="realm">
            {[
              ['', 'any'],
              ['workspace', 'Workspace'],
              ...frame.environments.map(({ id, display_name }) => [id, display_name]),
            ].map(([value, name]) => (
              <option value={value} selected={value === filter.realm}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="secondary">
          Filter
        </button>
        {isFiltered && <a href="/dashboard/requests">Show all</a>}
      </form>
      <DataTable
        title="Requests"
        total={requests.length}
        columns={['Time', 'Method', 'Path', 'Status', 'Took']}
        rows={shown.map((request) => [
          <Moment at={request.at} />,
          request.method,
          <a href={`/dashboard/requests/${request.id}`}>
            <Id>{request.path}</Id>
          </a>,
          <Status {...request} />,
          `${request.ms} ms`,
        ])}
        empty={isFiltered ? 'No request is like that.' : 'No request yet.'}
        {...(isLive ? { body: 'requests-body' } : {})}
        paged
      />
      <Pager {...{ page, total: requests.length, path: '/dashboard/requests', query: { ...filter } }} />
    </DashboardPage>
  )
}

interface RequestView extends DashboardFrame {
  entry: LoggedRequest
  contents: RequestContents | undefined
  body: ShownBody | undefined
  answer: ShownBody | undefined
  csrf: string
  /** Why sending it again failed. */
  problem?: string | undefined
}

/** One request: what was sent, what was answered, and a button that sends it again. */
export function RequestPage({ entry, contents, body, answer, csrf, problem, ...frame }: RequestView) {
  return (
    <DashboardPage {...frame} script={PAGE_SCRIPT_PATH}>
      <p class="lead">
        <Status {...entry} /> · {entry.ms} ms · <Moment at={entry.at} />
      </p>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {contents === undefined ? (
        <p class="empty">Only the contents of the latest 100 requests are kept.</p>
      ) : (
        <Contents {...{ entry, contents, body, answer, csrf }} />
      )}
    </DashboardPage>
  )
}

type ContentsView = Pick<RequestView, 'entry' | 'body' | 'answer' | 'csrf'> & { contents: RequestContents }

function Contents({ entry, contents, body, answer, csrf }: ContentsView) {
  const { url, headers, answerHeaders } = contents
  const [path = ''] = url.split('?', 1)
  return (
    <>
      <p class="note">Tokens, codes, passwords and secrets are hidden here.</p>
      <h2>Request</h2>
      <pre>{`${entry.method} ${showUrl(url.replace(path, entry.path))}\n${showHeaders(headers)}`}</pre>
      <Body name="Request body" body={body} />
      <h2>Answer</h2>
      <pre>{`${entry.status || 'dropped'}\n${showHeaders(answerHeaders)}`}</pre>
      <Body name="Answer body" body={answer} />
      {contents.body.isWhole ? (
        <form method="post" action={`/dashboard/requests/${entry.id}`}>
          <input type="hidden" name="csrf" value={csrf} />
          <p class="note">It is sent as it was, with its token. A code or link that was used is refused.</p>
          <button type="submit">Send it again</button>
        </form>
      ) : (
        <p class="empty">Its body is too long to be kept, so it cannot be sent again.</p>
      )}
    </>
  )
}

function Body({ name, body }: { name: string; body: ShownBody | undefined }) {
  if (body === undefined) return null
  return (
    <>
      <h2>
        {name} <span class="tag">{body.form}</span>
      </h2>
      <pre>{body.text}</pre>
    </>
  )
}

function Status({ status }: Pick<LoggedRequest, 'status'>) {
  return (
    <State good={status > 0 && status < 400} bad={status === 0 || status >= 500}>
      {status === 0 ? 'dropped' : status}
    </State>
  )
}
