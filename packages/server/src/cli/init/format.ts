/** A way to keep servers in a text that people and programs edit too. Nothing else in the text changes. */
export interface Format {
  /**
   * Gives the text with our entry for this URL, put in or brought up to date.
   *
   * @throws FormatError where the text is not what the client itself could read
   */
  readonly put: (text: string, url: string) => string
  /** Gives the text without our entry. */
  readonly remove: (text: string) => string
  /** Whether our entry is there. */
  readonly has: (text: string) => boolean
}

/** The name of our entry in every client. */
export const entryName = 'scalekit'

/** A configuration that cannot be read, or that holds our entry in a form that only its author should touch. */
export class FormatError extends Error {
  readonly code = 'config_unreadable'
}
