import { type DashboardFrame, DashboardPage } from './dashboard-page.js'
import { exactly } from './moment.js'
import type { EnvironmentSummary } from './read-overview.js'

export interface OverviewView extends DashboardFrame {
  url: string
  summaries: EnvironmentSummary[]
}

/** What there is, and what a developer needs to connect to it. */
export function OverviewPage({ summaries, url, ...frame }: OverviewView) {
  return (
    <DashboardPage {...frame}>
      <p class="lead">
        Everything here runs on your machine, at <code>{url}</code>. It is{' '}
        <strong>{exactly(frame.now)}</strong> by its clock.
      </p>
      <ul class="cards">
        {summaries.map((summary) => (
          <li class="card">
            <h2>
              <a href={`/dashboard/${summary.id}`}>{summary.name}</a>
              {summary.type !== undefined && <span class="tag">{summary.type}</span>}
            </h2>
            <dl class="facts">
              <dt>Issuer</dt>
              <dd>
                <code>{`${url}/${summary.id}`}</code>
              </dd>
              {summary.client !== undefined && (
                <>
                  <dt>Client</dt>
                  <dd>
                    <code>{summary.client}</code>
                  </dd>
                </>
              )}
            </dl>
            <ul class="counts">
              {summary.counts.map(([count, name]) => (
                <li>
                  <strong>{count}</strong> {name}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      <p>
        <a class="button destroy" href="/dashboard/reset">
          Reset to the seed…
        </a>
      </p>
    </DashboardPage>
  )
}

/** Asks before everything goes. */
export function ResetPage({ csrf, ...frame }: DashboardFrame & { csrf: string }) {
  return (
    <DashboardPage {...frame}>
      <p class="lead">
        All data goes back to the seed: what was created is deleted, people are signed out, and the clock,
        faults, outbox and request log are cleared. Signing keys and snapshots stay.
      </p>
      <form method="post" action="/dashboard/reset" class="inline">
        <input type="hidden" name="csrf" value={csrf} />
        <button type="submit" class="destroy">
          Reset everything
        </button>
        <a class="button secondary" href="/">
          Keep it
        </a>
      </form>
    </DashboardPage>
  )
}
