const DAY = 24 * 3600

/** How long a browser keeps the cookie of its session, in seconds; the session's own policy may end it earlier. */
export const SESSION_SECONDS = 30 * DAY

/** How long a consent lasts, in seconds. */
export const GRANT_SECONDS = 365 * DAY
