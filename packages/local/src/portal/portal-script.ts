export const PORTAL_SCRIPT_PATH = '/assets/portal.js'

/** How long before its end a session is announced to end. */
const WARNING_MS = 5 * 60_000

/**
 * Tells the application that embeds the portal what happens. Only origins that the Content-Security-Policy lists can
 * embed it, so that the message needs no target.
 */
export const PORTAL_SCRIPT = `
const { events, organization, endsIn } = document.getElementById('portal-events').dataset
const tell = (event) => {
  if (window.parent !== window) window.parent.postMessage({ organization_id: organization, ...event }, '*')
}
const portal = (event_type, message, data = {}) => tell({ event_type, object: 'portal', message, data })

for (const event of JSON.parse(events)) tell(event)
if (endsIn !== undefined) {
  const expiry = new Date(Date.now() + Number(endsIn)).toISOString()
  const at = (left, type, message) => setTimeout(() => portal(type, message, { expiry }), Math.max(0, Number(endsIn) - left))
  if (Number(endsIn) > ${WARNING_MS}) at(${WARNING_MS}, 'PORTAL_SESSION_WARNING', 'The portal session ends in 5 minutes')
  at(0, 'PORTAL_SESSION_EXPIRY', 'The portal session has ended')
}
const here = new URL(location.href)
if (here.searchParams.has('changed')) {
  here.searchParams.delete('changed')
  history.replaceState(null, '', here)
}
`
