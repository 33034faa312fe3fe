/**
 * The headers of every page. Nothing is loaded but our stylesheet, nothing runs (but on one page, our script,
 * which connects to us), nobody frames it, nothing is kept. Forms go to us only, except on a page of a sign-in
 * (`leadsAway`): browsers apply `form-action` to every redirect after a form, and neither the identity providers nor
 * where applications go on from their callback can be listed. The Referrer-Policy keeps the Origin header on our forms.
 */
export function pageHeaders({ leadsAway = false, script = false } = {}): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    ...(script ? ["script-src 'self'", "connect-src 'self'"] : []),
    'img-src data:',
    ...(leadsAway ? [] : ["form-action 'self'"]),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy.join('; '),
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  }
}
