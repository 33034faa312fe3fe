/**
 * The headers of every page. Nothing is loaded but our stylesheet, nothing runs (but on one page, our script,
 * which connects to us), nobody frames it (but applications, `framedBy`, the pages of the admin portal), nothing is
 * kept. Forms go to us only, except on a page of a sign-in
 * (`leadsAway`): browsers apply `form-action` to every redirect after a form, and neither the identity providers nor
 * where applications go on from their callback can be listed. The Referrer-Policy keeps the Origin header on our forms.
 */
/** What a page needs beyond our stylesheet. */
export interface PageNeeds {
  /** Whether a form of the page leads to another site: an application, or an identity provider. */
  readonly leadsAway?: boolean
  readonly script?: boolean
  /** The origins whose pages may frame this one. */
  readonly framedBy?: readonly string[]
}

export function pageHeaders({
  leadsAway = false,
  script = false,
  framedBy = [],
}: PageNeeds = {}): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    ...(script ? ["script-src 'self'", "connect-src 'self'"] : []),
    'img-src data:',
    ...(leadsAway ? [] : ["form-action 'self'"]),
    "base-uri 'none'",
    `frame-ancestors ${framedBy.length > 0 ? framedBy.join(' ') : "'none'"}`,
  ]
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy.join('; '),
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    // It cannot list origins: where some may frame a page, the policy alone says so.
    ...(framedBy.length === 0 && { 'X-Frame-Options': 'DENY' }),
  }
}
