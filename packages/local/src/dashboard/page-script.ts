export const PAGE_SCRIPT_PATH = '/assets/dashboard.js'

/** Copy buttons, which need a script, and times as people read them. Without it, ids can be selected and times are exact. */
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
