import { DataTable, Id, State } from '../http/page/data-table.js'
import type { LoggedRequest } from '../http/request-log.js'
import { type DashboardFrame, DashboardPage } from './dashboard-page.js'
import { SCRIPT_PATH } from './request-log-script.js'

/** What clients asked, latest first; the script of the page puts new requests on top. */
export function RequestsPage({ requests, ...frame }: DashboardFrame & { requests: LoggedRequest[] }) {
  return (
    <DashboardPage {...frame} script={SCRIPT_PATH}>
      <p class="lead">
        The last {requests.length} requests, without their contents.{' '}
        <span id="live">Reload to see new ones.</span>
      </p>
      <DataTable
        title="Requests"
        columns={['Time', 'Method', 'Path', 'Status', 'Took']}
        rows={requests.toReversed().map((request) => [
          request.at.slice(11, 23),
          request.method,
          <Id>{request.path}</Id>,
          <State
            good={request.status > 0 && request.status < 400}
            bad={request.status === 0 || request.status >= 500}
          >
            {request.status === 0 ? 'dropped' : request.status}
          </State>,
          `${request.ms} ms`,
        ])}
        empty="No request yet."
        body="requests-body"
      />
    </DashboardPage>
  )
}
