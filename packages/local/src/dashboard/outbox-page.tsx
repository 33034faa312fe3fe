import type { SentMessage } from '../domain/events/outbox.js'
import { type DashboardFrame, DashboardPage } from './dashboard-page.js'

/** What was sent, latest first, with the code or link of each ready to use. */
export function OutboxPage({
  messages,
  csrf,
  ...frame
}: DashboardFrame & { messages: SentMessage[]; csrf: string }) {
  return (
    <DashboardPage {...frame}>
      <p class="lead">
        E-mails, which go no further than here, and webhooks, which go to the endpoints that were registered.
      </p>
      {messages.length === 0 && <p class="empty">Nothing yet. Sign in with a code, and it is here.</p>}
      <ul class="messages">
        {messages.toReversed().map((message) => (
          <li class="card">
            <h2>
              {message.subject} <span class="tag">{message.kind === 'email' ? 'E-mail' : 'Webhook'}</span>
            </h2>
            <p class="note">
              To <strong>{message.to}</strong> · <time datetime={message.at}>{message.at}</time> ·{' '}
              <code>{message.environment}</code>
            </p>
            {message.code !== undefined && (
              <p>
                Code: <strong class="big">{message.code}</strong>
              </p>
            )}
            {message.link !== undefined && /^https?:/.test(message.link) && (
              <p>
                <a href={message.link}>Open the link</a>
              </p>
            )}
            <pre>{message.text}</pre>
          </li>
        ))}
      </ul>
      {messages.length > 0 && (
        <form method="post" action="/dashboard/outbox">
          <input type="hidden" name="csrf" value={csrf} />
          <button type="submit" class="secondary">
            Clear the outbox
          </button>
        </form>
      )}
    </DashboardPage>
  )
}
