import type { Child } from 'hono/jsx'
import { Document } from '../http/page/page.js'

export interface DashboardFrame {
  title: string
  /** The path of this page, which the navigation marks. */
  path: string
  environments: { id: string; display_name: string }[]
}

/** The frame of the dashboard's pages: where one can go, and the page. */
export function DashboardPage({
  title,
  path,
  environments,
  script,
  children,
}: DashboardFrame & { script?: string; children: Child }) {
  const places = [
    ['/', 'Overview'],
    ['/dashboard/workspace', 'Workspace'],
    ...environments.map(({ id, display_name }) => [`/dashboard/${id}`, display_name]),
    ['/dashboard/tokens', 'Tokens'],
    ['/dashboard/requests', 'Requests'],
    ['/dashboard/outbox', 'Outbox'],
    ['/dashboard/testing', 'Clock and faults'],
  ] as [string, string][]
  return (
    <Document title={title} kind="dashboard" {...(script === undefined ? {} : { script })}>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header>
        <p class="brand">
          Scalekit <span class="badge">Local environment</span>
        </p>
        <nav aria-label="Dashboard">
          <ul>
            {places.map(([href, name]) => (
              <li>
                <a href={href} aria-current={href === path ? 'page' : undefined}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main id="content">
        <h1>{title}</h1>
        {children}
      </main>
    </Document>
  )
}
