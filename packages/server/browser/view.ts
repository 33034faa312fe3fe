import type { Field, View } from '../src/apps/view.js'

// What runs in a view: the handshake with the client, the result as text, and further pages through the client, with
// the rights of its user (MCP Apps 2026-01-26). Nothing of a result becomes markup: there is only `textContent`.

/** The page sets it before this script. */
declare const view: View

type Json = Record<string, unknown>

interface Content {
  readonly type: string
  readonly text: string
}

interface Result {
  readonly isError?: boolean
  readonly content?: readonly Content[]
  readonly structuredContent?: Json
}

interface HostContext {
  readonly theme?: string
  readonly styles?: { readonly variables?: Readonly<Record<string, string>> }
}

interface Message {
  readonly jsonrpc?: unknown
  readonly id?: number
  readonly method?: string
  readonly params?: Json
  readonly result?: unknown
  readonly error?: unknown
}

interface Waiting {
  resolve(result: unknown): void
  reject(error: unknown): void
}

const root = document.getElementById('view') as HTMLElement
const waiting = new Map<number, Waiting>()
let pages: Json[] = []
let lastId = 0
let at = 0
let given: Json = {}
let canCall = false
let busy = false
let problem = ''

function send(message: Message): void {
  parent.postMessage({ jsonrpc: '2.0', ...message }, '*')
}

function ask(method: string, params: Json): Promise<unknown> {
  const id = ++lastId
  send({ id, method, params })
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text?: string,
  ...children: HTMLElement[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  if (text !== undefined) made.textContent = text
  made.append(...children)
  return made
}

function shown(object: unknown, { path, kind }: Field): string {
  const value = path.split('.').reduce<unknown>((each, name) => (each as Json | undefined)?.[name], object)
  if (kind === 'flag') return value === true ? 'Yes' : 'No'
  if (value === undefined || value === null || value === '') return '–'
  if (kind === 'list') return [value].flat().join(', ') || '–'
  if (kind === 'time') return new Date(String(value)).toLocaleString()
  return String(value)
}

function table(rows: readonly unknown[]): HTMLElement {
  const head = element('tr')
  for (const { label } of view.fields) {
    const cell = element('th', label)
    cell.scope = 'col'
    head.append(cell)
  }
  const body = element('tbody')
  for (const row of rows) {
    body.append(element('tr', undefined, ...view.fields.map((field) => element('td', shown(row, field)))))
  }
  const wide = element('div', undefined, element('table', undefined, element('thead', undefined, head), body))
  wide.className = 'wide'
  wide.tabIndex = 0
  wide.setAttribute('role', 'region')
  wide.setAttribute('aria-label', view.title)
  return wide
}

function card(object: unknown): HTMLElement {
  const entries = view.fields.flatMap((field) => [
    element('dt', field.label),
    element('dd', shown(object, field)),
  ])
  return element('dl', undefined, ...entries)
}

function button(label: string, enabled: boolean, onClick: () => void): HTMLElement {
  const made = element('button', label)
  made.type = 'button'
  made.disabled = !enabled || busy
  made.addEventListener('click', onClick)
  return made
}

function steps(hasNext: boolean): HTMLElement {
  const previous = button('Previous', at > 0, () => turn(at - 1))
  const next = button('Next', hasNext, () => turn(at + 1))
  const nav = element('nav', undefined, previous, next, status('span', `Page ${at + 1}`))
  nav.setAttribute('aria-label', 'Pages')
  return nav
}

function status(name: 'p' | 'span', text: string): HTMLElement {
  const made = element(name, text)
  made.setAttribute('role', 'status')
  return made
}

function draw(): void {
  const page = pages[at]
  const parts: HTMLElement[] = [element('h1', view.title), contentOf(page?.[view.member])]
  const hasNext = at + 1 < pages.length || (canCall && typeof page?.nextPageToken === 'string')
  if (at > 0 || hasNext) parts.push(steps(hasNext))
  root.replaceChildren(...parts)
}

function contentOf(content: unknown): HTMLElement {
  if (problem) return status('p', problem)
  if (view.form === 'card') return content ? card(content) : status('p', 'Nothing to show.')
  if (!Array.isArray(content) || content.length === 0) return status('p', 'There are none.')
  return table(content)
}

async function turn(to: number): Promise<void> {
  if (to < pages.length || (await loadNext())) at = to
  draw()
}

async function loadNext(): Promise<boolean> {
  busy = true
  draw()
  const pageToken = pages[at]?.nextPageToken
  const params = { name: view.tool, arguments: { ...given, pageToken } }
  const result = await ask('tools/call', params).catch(() => ({ isError: true }))
  busy = false
  return take(result as Result)
}

function take(result: Result): boolean {
  const texts = (result.content ?? []).filter(({ type }) => type === 'text').map(({ text }) => text)
  problem = result.isError ? texts.join('\n') || 'The call failed.' : ''
  if (problem) return false
  pages.push(result.structuredContent ?? parsed(texts[0] ?? ''))
  return true
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

function appear(context: HostContext | undefined): void {
  const { dataset, style } = document.documentElement
  if (context?.theme === 'light' || context?.theme === 'dark') dataset.theme = context.theme
  for (const [name, value] of Object.entries(context?.styles?.variables ?? {})) {
    if (/^--(color|font)-[a-z0-9-]+$/.test(name) && value) style.setProperty(name, value)
  }
}

function notified(method: string, params: Json): void {
  switch (method) {
    case 'ui/notifications/tool-input': {
      const { pageToken, ...rest } = (params.arguments ?? {}) as Json
      given = rest
      break
    }
    case 'ui/notifications/tool-result':
      pages = []
      at = 0
      take(params as Result)
      draw()
      break
    case 'ui/notifications/tool-cancelled':
      problem = 'The call was cancelled.'
      draw()
      break
    case 'ui/notifications/host-context-changed':
      appear(params as HostContext)
      break
  }
}

function answered({ id, error, result }: Message): void {
  const asked = waiting.get(Number(id))
  waiting.delete(Number(id))
  if (error) asked?.reject(error)
  else asked?.resolve(result)
}

addEventListener('message', ({ source, data }: MessageEvent<Message | undefined>) => {
  if (source !== parent || data?.jsonrpc !== '2.0') return
  const { id, method, params } = data
  if (method === undefined) answered(data)
  else if (id === undefined) notified(method, params ?? {})
  else if (method === 'ping' || method === 'ui/resource-teardown') send({ id, result: {} })
  else send({ id, error: { code: -32601, message: 'Method not found' } })
})

new ResizeObserver(() => {
  const { width, height } = document.documentElement.getBoundingClientRect()
  send({
    method: 'ui/notifications/size-changed',
    params: { width: Math.ceil(width), height: Math.ceil(height) },
  })
}).observe(document.documentElement)

ask('ui/initialize', {
  appInfo: { name: `scalekit-${view.tool.replaceAll('_', '-')}`, version: '1.0.0' },
  appCapabilities: {},
  protocolVersion: '2026-01-26',
}).then((initialized) => {
  const { hostContext, hostCapabilities } = initialized as {
    hostContext?: HostContext
    hostCapabilities?: { serverTools?: unknown }
  }
  canCall = hostCapabilities?.serverTools !== undefined
  appear(hostContext)
  send({ method: 'ui/notifications/initialized', params: {} })
})
