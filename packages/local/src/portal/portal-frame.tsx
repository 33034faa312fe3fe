import type { Child } from 'hono/jsx'
import { Document } from '../http/page/page.js'
import { type PortalEvent, PortalEvents } from './portal-events.js'
import { PORTAL_SCRIPT_PATH } from './portal-script.js'

export interface PortalFrame {
  /** `/<environment>/portal`. */
  root: string
  organization: string
  title: string
  csrf: string
  problem?: string
  organizationId: string
  /** Milliseconds until the session ends. */
  endsIn: number
  /** Whether a test of a connection opens a tab. */
  testsInTab: boolean
  /** What has happened, for the application that embeds the portal. */
  events?: readonly PortalEvent[]
}

/** The frame of the admin portal's pages. */
export function PortalPage({
  root,
  organization,
  title,
  problem,
  organizationId,
  endsIn,
  events = [],
  children,
}: PortalFrame & { children: Child }) {
  return (
    <Document title={title} kind="portal" script={PORTAL_SCRIPT_PATH}>
      <PortalEvents events={events} organization={organizationId} endsIn={endsIn} />
      <header>
        <span class="badge">Local environment</span>
      </header>
      <main>
        <nav aria-label="Admin portal">
          <ul>
            <li>
              <a href={root} aria-current={title === organization ? 'page' : undefined}>
                {organization}
              </a>
            </li>
          </ul>
        </nav>
        <div class="card">
          <h1>{title}</h1>
          {problem !== undefined && (
            <p class="problem" role="alert" id="problem">
              {problem}
            </p>
          )}
          {children}
        </div>
      </main>
    </Document>
  )
}

/** A form of one or two buttons. */
export function ActionForm({ csrf, actions }: { csrf: string; actions: [action: string, words: string][] }) {
  return (
    <form method="post" class="inline">
      <input type="hidden" name="csrf" value={csrf} />
      {actions.map(([action, words], index) => (
        <button
          type="submit"
          name="action"
          value={action}
          class={index === 0 && action !== 'disable' ? undefined : 'secondary'}
        >
          {words}
        </button>
      ))}
    </form>
  )
}
