import type { EventsPage } from '../../domain/events/history.js'
import type { ChangeRow } from '../../storage/registry-schema.js'
import type { NamedCode } from '../code/code-for-object.js'
import type { Json } from '../dashboard-api.js'
import { Time } from '../kinds/cells.js'
import { type Ids, type Kind, objectPath } from '../kinds/kind.js'
import { Copyable, CopyButton, type ObjectFrame, ObjectPage } from './object-frame.js'
import { ListSection, type ListView } from './object-table.js'

export interface DetailView extends ObjectFrame {
  kind: Kind
  ids: Ids
  object: Json
  /** The lists of what belongs to it. */
  below: readonly ListView[]
  code: readonly NamedCode[]
  history: EventsPage
  /** The latest calls that changed it. */
  changes: readonly ChangeRow[]
  /** The object as the API answers it. */
  json: string
  /** More that can be done, on pages of their own. */
  links: readonly { href: string; name: string }[]
}

/** An object: its facts, what can be done, what belongs to it, its code, JSON and history. */
export function DetailPage(view: DetailView) {
  const { kind, ids, object, below, code, history, changes, json, links, ...frame } = view
  const path = objectPath(kind, ids)
  const possible = kind.operations.filter(({ applies }) => applies?.(object, ids) ?? true)
  return (
    <ObjectPage {...frame}>
      <p>
        <Copyable value={kind.idOf(object)} name="the id" />
      </p>
      <p class="actions">
        {links.map(({ href, name }) => (
          <a class="button secondary" href={href}>
            {name}
          </a>
        ))}
        {possible.map(({ name, label, danger }) => (
          <a class={danger ? 'button destroy' : 'button secondary'} href={`${path}/${name}`}>
            {label}
          </a>
        ))}
      </p>
      <dl class="facts card">
        {[...kind.columns, ...(kind.facts ?? [])].map(({ name, of }) => (
          <>
            <dt>{name}</dt>
            <dd>{of(object, ids)}</dd>
          </>
        ))}
      </dl>
      {below.map((view) => (
        <ListSection view={view} />
      ))}
      <section class="data" aria-labelledby="code">
        <h2 id="code">Code</h2>
        {code.length === 0 && (
          <p class="empty">
            Only members of the workspace can make these calls, not the credentials of the environment.
          </p>
        )}
        {code.map((one) => (
          <CodeBlock {...one} />
        ))}
      </section>
      <section class="data" aria-labelledby="json">
        <div class="data-head">
          <h2 id="json">JSON</h2>
          <CopyButton value={json} name="the JSON" />
        </div>
        <pre tabindex={0} id="json-text">
          {json}
        </pre>
      </section>
      <History {...{ history, changes, path }} />
    </ObjectPage>
  )
}

function CodeBlock({ name, code: { sdk, text } }: NamedCode) {
  return (
    <div class="code-block">
      <div class="data-head">
        <h3>
          {name} {!sdk && <span class="note">The Node SDK has no method for this.</span>}
        </h3>
        <CopyButton value={text} name={`the code: ${name}`} />
      </div>
      <pre tabindex={0}>{text}</pre>
    </div>
  )
}

type HistoryView = Pick<DetailView, 'history' | 'changes'> & { path: string }

function History({ history: { events, older }, changes, path }: HistoryView) {
  return (
    <section class="data" aria-labelledby="history">
      <h2 id="history">History</h2>
      <h3>Calls that changed it</h3>
      {changes.length === 0 && <p class="empty">None in the last 90 days.</p>}
      <ul class="history">
        {changes.map(({ method, caller, created_at }) => (
          <li>
            <strong>{method}</strong> <Time at={new Date(created_at).toISOString()} /> by{' '}
            <code>{caller}</code>
          </li>
        ))}
      </ul>
      <h3>Events</h3>
      {events.length === 0 && <p class="empty">No event mentions it.</p>}
      <ul class="history">
        {events.map(({ id, type, data, created_at }) => (
          <li>
            <details>
              <summary>
                <strong>{type}</strong> <Time at={new Date(created_at).toISOString()} /> <code>{id}</code>
              </summary>
              <pre>{JSON.stringify(JSON.parse(data), null, 2)}</pre>
            </details>
          </li>
        ))}
      </ul>
      {older !== undefined && (
        <p>
          <a class="button secondary" href={`${path}?before=${older}#history`}>
            Older events
          </a>
        </p>
      )}
    </section>
  )
}
