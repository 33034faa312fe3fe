import { DataTable, Id } from '../http/page/data-table.js'
import { type DashboardFrame, DashboardPage } from './dashboard-page.js'
import { exactly } from './moment.js'
import { PAGE_SCRIPT_PATH } from './page-script.js'

/** A fault that waits for a request. */
export interface ShownFault {
  readonly id: string
  readonly match: Readonly<Record<string, string | undefined>>
  readonly times: number
  readonly used: number
}

interface TestingView extends DashboardFrame {
  isMoved: boolean
  faults: readonly ShownFault[]
  csrf: string
  /** Why a form was not accepted, and what it held. */
  problem?: string | undefined
  typed?: Readonly<Record<string, string>> | undefined
}

const STEPS = [
  [60, 'A minute'],
  [600, 'Ten minutes'],
  [3_600, 'An hour'],
  [86_400, 'A day'],
  [30 * 86_400, '30 days'],
] as const

const KINDS = [
  ['500', 'Fail with 500'],
  ['503', 'Be unavailable with 503'],
  ['429', 'Limit with 429'],
  ['401', 'Refuse with 401'],
  ['slow', 'Wait ten seconds first'],
  ['drop', 'Drop the connection'],
  ['truncate', 'Send half of the answer'],
] as const

/** The clock, and what is to go wrong. */
export function TestingPage({ isMoved, faults, csrf, problem, typed = {}, ...frame }: TestingView) {
  return (
    <DashboardPage {...frame} script={PAGE_SCRIPT_PATH}>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <h2>Clock</h2>
      <p>
        It is <strong>{exactly(frame.now)}</strong> here
        {isMoved ? ', which is not the time of the machine' : ''}. Codes, tokens, links and sessions expire by
        this clock.
      </p>
      <form method="post" action="/dashboard/testing" class="inline">
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="action" value="advance" />
        {STEPS.map(([seconds, name]) => (
          <button type="submit" name="seconds" value={String(seconds)} class="secondary">
            {name} later
          </button>
        ))}
      </form>
      <form method="post" action="/dashboard/testing" class="inline">
        <input type="hidden" name="csrf" value={csrf} />
        <label>
          Set it to (UTC)
          <input type="datetime-local" name="time" value={typed.time} required />
        </label>
        <button type="submit" name="action" value="set" class="secondary">
          Set
        </button>
      </form>
      {isMoved && (
        <form method="post" action="/dashboard/testing">
          <input type="hidden" name="csrf" value={csrf} />
          <button type="submit" name="action" value="restore">
            Back to the time of the machine
          </button>
        </form>
      )}
      <DataTable
        title="Faults"
        columns={['For', 'What goes wrong', 'Used', 'Action']}
        rows={faults.map(({ id, match, times, used, ...fault }) => [
          Object.values(match).filter(Boolean).join(' ') || 'every request',
          <Id>{JSON.stringify(fault)}</Id>,
          times === 0 ? `${used}, until it is deleted` : `${used} of ${times}`,
          <form method="post" action="/dashboard/testing">
            <input type="hidden" name="csrf" value={csrf} />
            <input type="hidden" name="id" value={id} />
            <button
              type="submit"
              name="action"
              value="remove-fault"
              class="secondary small"
              aria-label={`Delete ${id}`}
            >
              Delete
            </button>
          </form>,
        ])}
        empty="Nothing goes wrong on purpose."
      />
      <form method="post" action="/dashboard/testing" class="filter">
        <input type="hidden" name="csrf" value={csrf} />
        <label>
          Start of the path, or name of an RPC
          <input name="path" value={typed.path} placeholder="ListOrganization" />
        </label>
        <label>
          What goes wrong
          <select name="kind">
            {KINDS.map(([value, name]) => (
              <option value={value} selected={value === typed.kind}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          For how many requests (0: until it is deleted)
          <input name="times" inputmode="numeric" pattern="[0-9]{1,6}" value={typed.times ?? '1'} required />
        </label>
        <button type="submit" name="action" value="add-fault">
          Add the fault
        </button>
      </form>
    </DashboardPage>
  )
}

/** What the control API is sent for a kind of the form. */
export function faultOf({ path = '', kind = '', times = '' }: Readonly<Record<string, string>>): object {
  const match = path.trim() === '' ? {} : { path: path.trim() }
  const effects: Record<string, object> = {
    slow: { latency_ms: 10_000 },
    drop: { drop: 'before' },
    truncate: { truncate: true },
  }
  return { match, ...(effects[kind] ?? { status: Number(kind) }), times: Number(times) }
}
