import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { displayText } from '../../call/interaction/display-text.js'
import { environmentText, type Question, typeText } from '../../call/interaction/question.js'
import type { KnownEnvironment } from '../../scalekit/scalekit.js'
import type { Revealed, ToolDefinition } from '../../tool.js'
import { html, Markup } from '../html.js'
import { landingStyle } from '../landing-style.js'

const style = `${landingStyle}
main { max-width: 40rem; }
table { width: 100%; border-collapse: collapse; margin: 1rem 0; } th, td { padding: .4rem .5rem .4rem 0; text-align: left;
  vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere; } th { width: 11rem; font-weight: 600; color: var(--quiet); }
label { display: block; margin: 1.25rem 0 .35rem; font-weight: 600; }
input { width: 100%; padding: .6rem .7rem; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--quiet); border-radius: 9px; }
button { margin: 1rem .5rem 0 0; padding: .6rem 1.1rem; font: inherit; font-weight: 600; color: var(--accent); background: none;
  border: 1px solid var(--accent); border-radius: 9px; cursor: pointer; }
button.main { color: var(--card); background: var(--accent); }
[role="alert"] { padding: .6rem .8rem; border: 1px solid var(--accent); border-radius: 9px; }
@media (max-width: 480px) { th, td { display: block; width: auto; } td { border-top: 0; padding-top: 0; } }
`

/**
 * Copies a value; without script the button is not there, and the value can be selected. Sends a form once: the answer to a second
 * click would replace that to the first.
 */
const script = `for (const form of document.forms) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
  })
  addEventListener('pageshow', () => delete form.dataset.sent)
}
for (const button of document.querySelectorAll('button[data-copies]')) {
  button.hidden = false
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent)
    button.textContent = 'Copied'
  })
}`

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  'Cache-Control': 'no-store',
  // A form that is sent from a page without a referrer has no Origin.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

export interface Page {
  readonly status: number
  readonly title: string
  readonly body: Markup
  /** Told when the connection of an answer with this page closes: whether all of the page was sent. */
  readonly closed?: (wasSent: boolean) => void
}

export function sendPage(res: ServerResponse, { status, title, body, closed }: Page): void {
  if (closed && res.closed) closed(false)
  else if (closed) res.once('close', () => closed(res.writableFinished))
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Scalekit MCP server</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
<script>${new Markup(script)}</script>
</body>
</html>
`
  res.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) }).end(text)
}

export interface Asked {
  readonly tool: ToolDefinition
  /** Absent where the call no longer needs a person. */
  readonly question: Question | undefined
  readonly clientId: string
  /** Who is at the page. Absent where nobody signs in. */
  readonly signedInAs?: string | undefined
  /** Proves that a form comes from this page. */
  readonly formToken: string
  /** Why the last try did not count. */
  readonly problem?: string
}

/** What the person is asked, and by which client. */
export function askPage({ tool, question, clientId, signedInAs, formToken, problem }: Asked): Page {
  const { target, environment, organization } = question ?? {}
  const rows: (readonly [string, string | Markup])[] = [
    ['Asked by', signedInAs === undefined ? 'The program that started this server' : clientRow(clientId)],
    ['Tool', tool.name],
    ...(environment ? [['Environment', environmentRow(environment)] as const] : []),
    ...(organization === undefined ? [] : [['Organization', organization] as const]),
    ...(target ? [['Target', target.id ? `${target.name} (${target.id})` : target.name] as const] : []),
    ...(question?.changes ?? []),
  ]
  const action = tool.reveals
    ? tool.reveals.kind === 'link'
      ? 'Create the link'
      : 'Create and show it'
    : 'Confirm'
  return {
    status: problem === undefined ? 200 : 422,
    title: question?.title ?? tool.title,
    body: html`
${problem === undefined ? undefined : html`<p role="alert">${problem}</p>`}
<p>${tool.reveals?.message ?? 'An agent asks you to confirm this call.'}${question?.irreversible ? ' This cannot be undone.' : ''}</p>
${signedInAs === undefined ? undefined : html`<p class="quiet">Signed in as ${signedInAs}.</p>`}
<table>${rows.map(([label, value]) => html`<tr><th scope="row">${label}</th><td>${value}</td></tr>`)}</table>
<form method="post">
<input type="hidden" name="token" value="${formToken}">
<input type="hidden" name="digest" value="${question?.digest ?? ''}">
${
  question?.typed
    ? html`<label for="name">To confirm, type the name: <code>${question.target.name}</code></label>
<input id="name" name="name" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="300" autofocus>`
    : undefined
}
<button class="main" name="decision" value="confirm">${action}</button><button name="decision" value="decline" formnovalidate>Decline</button>
</form>`,
  }
}

/**
 * The id of a client with a metadata document (CIMD) is the document's URL. Its host identifies the client; everything else in the
 * URL can be made to look like another client.
 */
function clientRow(clientId: string): string | Markup {
  const shown = displayText(clientId)
  if (!clientId.startsWith('https://') || !URL.canParse(clientId)) return shown
  return html`<strong>${new URL(clientId).host}</strong><br><span class="quiet">${shown}</span>`
}

function environmentRow(environment: KnownEnvironment): string | Markup {
  const { id, name } = environment
  return name === ''
    ? environmentText(environment)
    : html`<strong>${name}</strong> (${typeText(environment)}, ${id})`
}

/** What was created for the person: shown now, kept nowhere. */
export function revealedPage(tool: ToolDefinition, revealed: readonly Revealed[]): Page {
  const values = revealed.map(
    ({ label, value, expiresAt, isNote }, index) => html`<h2>${label}</h2>
<pre id="value-${String(index)}">${value}</pre>
${isNote ? undefined : html`<p>${isLink(value) && tool.reveals?.kind === 'link' ? html`<a class="button" href="${value}" rel="noreferrer">Open</a> ` : undefined}<button type="button" data-copies="value-${String(index)}" hidden>Copy</button></p>`}
${expiresAt ? html`<p class="quiet">Valid until ${expiresAt}.</p>` : undefined}`,
  )
  const what = tool.reveals?.kind === 'link' ? 'link' : 'secret'
  return {
    status: 200,
    title: tool.title,
    body: html`<p>Copy it now: this page shows the ${what} once. Neither the agent nor this server keeps it.</p>
${values}
<p class="quiet">Then go back to your agent.</p>`,
  }
}

const isLink = (value: string) => /^https?:\/\//.test(value)

/** A page with one message. */
export function messagePage(status: number, title: string, message: string, link?: MessageLink): Page {
  const next = link && html`<p><a class="button" href="${link.href}">${link.label}</a></p>`
  return { status, title, body: html`<p>${message}</p>${next}` }
}

export interface MessageLink {
  readonly href: string
  readonly label: string
}
