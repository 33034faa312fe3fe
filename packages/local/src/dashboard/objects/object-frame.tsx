import type { Child } from 'hono/jsx'
import { type DashboardFrame, DashboardPage } from '../dashboard-page.js'
import { PAGE_SCRIPT_PATH } from '../page-script.js'

export interface Crumb {
  readonly href: string
  readonly name: string
}

export interface ObjectFrame extends DashboardFrame {
  /** The pages above this one. */
  crumbs: readonly Crumb[]
}

/** The frame of the pages of objects: the path that leads here, and the page. */
export function ObjectPage({ crumbs, children, ...frame }: ObjectFrame & { children: Child }) {
  const above = crumbs.length > 0 && (
    <nav class="crumbs" aria-label="Path">
      <ol>
        {crumbs.map(({ href, name }) => (
          <li>
            <a href={href}>{name}</a>
          </li>
        ))}
      </ol>
    </nav>
  )
  return (
    <DashboardPage {...frame} above={above} script={PAGE_SCRIPT_PATH}>
      {children}
    </DashboardPage>
  )
}

/** A value with a button that copies it. The script of the page shows the button. */
export function Copyable({ value, name }: { value: string; name: string }) {
  return (
    <span class="copyable">
      <code>{value}</code>
      <CopyButton value={value} name={name} />
    </span>
  )
}

export function CopyButton({ value, name }: { value: string; name: string }) {
  return (
    <button type="button" class="copy" data-copy={value} aria-label={`Copy ${name}`} hidden>
      Copy
    </button>
  )
}
