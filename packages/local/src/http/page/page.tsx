import type { Child } from 'hono/jsx'

export const STYLESHEET_PATH = '/assets/pages.css'

interface DocumentView {
  title: string
  /** A class for the whole page. */
  kind?: string
  /** The path of the one script that the page has. */
  script?: string
  children: Child
}

/** What every page has around its content. */
export function Document({ title, kind, script, children }: DocumentView) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{`${title} · Scalekit local environment`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={STYLESHEET_PATH} />
        {script !== undefined && <script type="module" src={script}></script>}
      </head>
      <body class={kind}>{children}</body>
    </html>
  )
}

/** The frame of a page that asks or tells one thing: a card under the badge that says that this is no production sign-in. */
export function Page({ title, script, children }: Pick<DocumentView, 'title' | 'script' | 'children'>) {
  return (
    <Document title={title} {...(script === undefined ? {} : { script })}>
      <header>
        <span class="badge">Local environment</span>
      </header>
      <main>
        <div class="card">{children}</div>
      </main>
      <footer>
        <p>This runs on your machine. No account and no internet are involved.</p>
      </footer>
    </Document>
  )
}

/** A page as HTML. Everything that is shown is escaped. */
export function renderPage(page: { toString(): string }): string {
  return `<!DOCTYPE html>${String(page)}`
}
