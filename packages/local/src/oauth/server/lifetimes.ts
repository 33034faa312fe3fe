const DAY = 24 * 3600

/** How long a browser stays signed in, in seconds. */
export const SESSION_SECONDS = 14 * DAY

/** How long a consent lasts, in seconds. */
export const GRANT_SECONDS = 365 * DAY
