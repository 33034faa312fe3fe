import type { Child } from 'hono/jsx'
import { Document } from '../http/page/page.js'

export interface DashboardFrame {
  title: string
  /** The path of this page, which the navigation marks. */
  path: string
  environments: { id: string; display_name: string }[]
  /** The time of the environment, in milliseconds: times are shown relative to it. */
  now: number
}

interface DashboardView extends DashboardFrame {
  script?: string
  /** What is above the title. */
  above?: Child
  /** What was searched for. */
  query?: string
  children: Child
}

/** The frame of the dashboard's pages: where one can go, the search, and the page. */
export function DashboardPage({
  title,
  path,
  environments,
  now,
  script,
  above,
  query,
  children,
}: DashboardView) {
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
        <div class="top">
          <p class="brand">
            Scalekit <span class="badge">Local environment</span>
          </p>
          <search>
            <form method="get" action="/dashboard/search">
              <input
                type="search"
                name="q"
                value={query}
                aria-label="Search names and ids"
                placeholder="Search names and ids"
                maxlength={100}
              />
            </form>
          </search>
        </div>
        <nav aria-label="Dashboard">
          <ul>
            {places.map(([href, name]) => (
              <li>
                <a href={href} aria-current={currentOf(href, path)}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main id="content" data-now={now}>
        {above}
        <h1>{title}</h1>
        {children}
      </main>
    </Document>
  )
}

/** A place is current on its own page, and on those below it. */
function currentOf(href: string, path: string): 'page' | 'true' | undefined {
  if (href === path) return 'page'
  return href !== '/' && path.startsWith(`${href}/`) ? 'true' : undefined
}
