import { PAGE_SCRIPT_PATH } from './page-script.js'

export const SCRIPT_PATH = '/assets/request-log.js'
export const LIVE_PATH = '/dashboard/requests/live'

/** Puts each new request on top of the table. What it shows is text, never markup. */
export const SCRIPT = `
import '${PAGE_SCRIPT_PATH}'
const body = document.getElementById('requests-body')
const live = document.getElementById('live')
const count = document.querySelector('#requests .count')
const source = new EventSource('${LIVE_PATH}')

function cell(row, text, name, kind) {
  const inner = name ? document.createElement(name) : document.createTextNode(text)
  if (name) inner.textContent = text
  if (kind) inner.className = kind
  row.insertCell().append(inner)
  return inner
}

function state(status) {
  if (status === 0 || status >= 500) return 'state bad'
  return status < 400 ? 'state good' : 'state'
}

source.addEventListener('open', () => { live.textContent = 'New ones appear by themselves.' })
source.addEventListener('error', () => { live.textContent = 'The connection is lost; trying again.' })
source.addEventListener('message', ({ data }) => {
  const request = JSON.parse(data)
  const row = body.insertRow(0)
  cell(row, request.at.slice(0, 19).replace('T', ' ') + ' UTC', 'time').dateTime = request.at
  cell(row, request.method)
  const path = cell(row, request.path, 'code')
  const link = document.createElement('a')
  link.href = '/dashboard/requests/' + request.id
  path.replaceWith(link)
  link.append(path)
  cell(row, request.status === 0 ? 'dropped' : String(request.status), 'span', state(request.status))
  cell(row, request.ms + ' ms')
  while (body.rows.length > 50) body.deleteRow(-1)
  count.textContent = String(Math.min(500, Number(count.textContent) + 1))
  document.querySelector('.empty')?.remove()
})
`
