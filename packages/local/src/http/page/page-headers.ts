/**
 * The headers of every page. Nothing is loaded but our stylesheet, nothing runs (but on one page, our script,
 * which connects to us), nobody frames it (but the pages of the admin portal, `framedBy` applications), nothing is kept. `form-action` counts for the redirects after a form too, so it names where the client is (`redirectUri`):
 * without it a browser would not take the user back. The Referrer-Policy keeps the Origin header on our own forms.
 */
export function pageHeaders(
  redirectUri?: string,
  script = false,
  framedBy: readonly string[] = [],
): Record<string, string> {
  const formAction = ["'self'", ...(redirectUri === undefined ? [] : [formTarget(redirectUri)])].join(' ')
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; style-src 'self'; ${script ? "script-src 'self'; connect-src 'self'; " : ''}img-src data:; form-action ${formAction}; base-uri 'none'; frame-ancestors ${framedBy.length > 0 ? framedBy.join(' ') : "'none'"}`,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    // It cannot list origins: where some may frame a page, the policy alone says so.
    ...(framedBy.length === 0 && { 'X-Frame-Options': 'DENY' }),
  }
}

/** A source expression (CSP 3, section 2.3.1): the origin, or the scheme alone where an origin cannot be written. */
function formTarget(redirectUri: string): string {
  const { protocol, origin, hostname } = new URL(redirectUri)
  const writable = (protocol === 'http:' || protocol === 'https:') && !hostname.startsWith('[')
  return writable ? origin : protocol
}
