export const PAGE_SCRIPT_PATH = '/assets/dashboard.js'

/** Copy buttons, which need a script; times as people read them; forms that are sent once. Without it, ids can be selected and times are exact. */
export const PAGE_SCRIPT = `
for (const button of document.querySelectorAll('button.copy')) {
  if (navigator.clipboard === undefined) break
  button.hidden = false
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    button.textContent = 'Copied'
    button.setAttribute('aria-label', 'Copied')
  })
}
for (const form of document.querySelectorAll('form[method=post]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
  })
  // The button that goes back shows the page as it was.
  addEventListener('pageshow', () => delete form.dataset.sent)
}
const STEPS = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const now = Number(document.getElementById('content')?.dataset.now ?? Date.now())
for (const time of document.querySelectorAll('time[datetime]')) {
  const moment = new Date(time.dateTime)
  const seconds = (moment - now) / 1000
  const [unit, length] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? STEPS[3]
  time.title = moment.toLocaleString() + ' (' + time.dateTime + ')'
  time.textContent = Math.abs(seconds) > 30 * 86400
    ? moment.toLocaleDateString(undefined, { dateStyle: 'medium' })
    : relative.format(Math.round(seconds / length), unit)
}
`
