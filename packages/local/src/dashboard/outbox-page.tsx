import type { SentMessage } from '../domain/events/outbox.js'
import type { Delivery, WebhookEndpoint } from '../domain/events/webhooks.js'
import { Id, State } from '../http/page/data-table.js'
import { type DashboardFrame, DashboardPage } from './dashboard-page.js'
import { Moment } from './moment.js'
import { PAGE_SCRIPT_PATH } from './page-script.js'
import { PAGE_SIZE, Pager } from './pager.js'

interface OutboxView extends DashboardFrame {
  /** Of the kind that is shown, the latest first. */
  messages: SentMessage[]
  kind: '' | SentMessage['kind']
  deliveries: readonly Delivery[]
  endpoints: readonly Omit<WebhookEndpoint, 'secret'>[]
  page: number
  csrf: string
}

const KINDS = [
  ['', 'All'],
  ['email', 'E-mails'],
  ['webhook', 'Webhooks'],
] as const

/** What was sent, latest first: e-mails as a person reads them, webhooks with how their delivery went. */
export function OutboxPage({ messages, kind, deliveries, endpoints, page, csrf, ...frame }: OutboxView) {
  const shown = messages.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
  return (
    <DashboardPage {...frame} script={PAGE_SCRIPT_PATH}>
      <p class="lead">E-mails go no further than here. Webhooks go to the endpoints that were registered.</p>
      <nav aria-label="Kind of message">
        <ul>
          {KINDS.map(([value, name]) => (
            <li>
              <a
                href={`/dashboard/outbox${value && `?kind=${value}`}`}
                aria-current={value === kind ? 'page' : undefined}
              >
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {messages.length === 0 && <p class="empty">Nothing yet. Sign in with a code, and it is here.</p>}
      <ul class="messages">
        {shown.map((message) => (
          <li class="card">
            <h2>
              {message.subject} <span class="tag">{message.kind === 'email' ? 'E-mail' : 'Webhook'}</span>
            </h2>
            <p class="note">
              To <strong>{message.to}</strong> · <Moment at={message.at} /> · <Id>{message.environment}</Id>
            </p>
            {message.kind === 'email' ? (
              <Mail {...message} />
            ) : (
              <Webhook
                {...{ message, endpoints, csrf }}
                deliveries={deliveries.filter(({ event }) => event === message.event)}
              />
            )}
          </li>
        ))}
      </ul>
      <Pager
        {...{ page, total: messages.length, path: '/dashboard/outbox', ...(kind && { query: { kind } }) }}
      />
      {messages.length > 0 && (
        <form method="post" action="/dashboard/outbox">
          <input type="hidden" name="csrf" value={csrf} />
          <button type="submit" name="action" value="clear" class="secondary">
            Clear the outbox
          </button>
        </form>
      )}
    </DashboardPage>
  )
}

/** As its reader sees it: paragraphs, the code large, the link as a button. */
function Mail({ text, code, link }: SentMessage) {
  const paragraphs = text
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.split('\n').filter((line) => line !== link && line !== code))
    .filter((lines) => lines.some((line) => line.trim() !== ''))
  return (
    <div class="mail">
      {paragraphs.map((lines) => (
        <p>
          {lines.map((line, index) => (
            <>
              {index > 0 && <br />}
              {line}
            </>
          ))}
        </p>
      ))}
      {code !== undefined && (
        <p>
          Code: <strong class="big">{code}</strong>
        </p>
      )}
      {link !== undefined && /^https?:/.test(link) && (
        <p>
          <a class="button" href={link}>
            Open the link
          </a>
        </p>
      )}
    </div>
  )
}

interface WebhookView {
  message: SentMessage
  deliveries: readonly Delivery[]
  endpoints: OutboxView['endpoints']
  csrf: string
}

function Webhook({ message, deliveries, endpoints, csrf }: WebhookView) {
  const urlOf = (id: string) => endpoints.find((endpoint) => endpoint.id === id)?.url ?? id
  return (
    <>
      {deliveries.length === 0 ? (
        <p class="empty">
          {message.to === 'no endpoint' ? 'No endpoint was registered.' : 'No attempt since the last start.'}
        </p>
      ) : (
        <ul class="attempts">
          {deliveries.map(({ endpoint, attempt, status, at }) => (
            <li>
              <State good={status >= 200 && status < 300} bad={status === 0 || status >= 300}>
                {status === 0 ? 'no answer' : status}
              </State>{' '}
              attempt {attempt} to <Id>{urlOf(endpoint)}</Id> · <Moment at={at} />
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>Body</summary>
        <pre>{pretty(message.text)}</pre>
      </details>
      {message.event !== undefined && (
        <form method="post" action="/dashboard/outbox">
          <input type="hidden" name="csrf" value={csrf} />
          <input type="hidden" name="event" value={message.event} />
          <button type="submit" name="action" value="resend" class="secondary small">
            Send it again
          </button>
        </form>
      )}
    </>
  )
}

function pretty(text: string): string {
  return JSON.stringify(JSON.parse(text), null, 2)
}
