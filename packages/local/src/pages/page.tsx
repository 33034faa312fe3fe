import type { Child } from 'hono/jsx'

export const STYLESHEET_PATH = '/assets/pages.css'

/** The frame of every page: one card under the badge that says that this is no production sign-in. */
export function Page({ title, children }: { title: string; children: Child }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{`${title} · Scalekit local environment`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={STYLESHEET_PATH} />
      </head>
      <body>
        <header>
          <span class="badge">Local environment</span>
        </header>
        <main>
          <div class="card">{children}</div>
        </main>
        <footer>
          <p>This runs on your machine. No account and no internet are involved.</p>
        </footer>
      </body>
    </html>
  )
}

/** A page as HTML. Everything that is shown is escaped. */
export function renderPage(page: { toString(): string }): string {
  return `<!DOCTYPE html>${String(page)}`
}
