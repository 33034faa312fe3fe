import type { Format, Server } from './format.js'

/** Where a person's programs keep their settings. */
export interface Places {
  readonly home: string
  readonly platform: NodeJS.Platform
  /** `APPDATA`, on Windows. */
  readonly appData?: string
  /** `XDG_CONFIG_HOME`. */
  readonly xdgConfig?: string
  /** `CLAUDE_CONFIG_DIR`. */
  readonly claudeConfig?: string
  /** `CODEX_HOME`. */
  readonly codexHome?: string
}

/**
 * How a client gets more scopes than the first sign-in asks for: its configuration lists them, it asks again when a tool
 * needs more (step-up), or neither is known of it, and the URL of the server has to ask for all at once.
 */
export type MoreAccess = 'scopes' | 'step-up' | 'url'

/** One MCP client: where its configuration is, and what names a server in it. */
export interface Client {
  readonly id: string
  readonly title: string
  /** Its configuration file; of several the first that exists, or else the first. */
  readonly files: (places: Places) => readonly string[]
  /** It is installed when one of these exists. */
  readonly signs: (places: Places) => readonly string[]
  readonly format: (places: Places) => Format
  readonly moreAccess: MoreAccess
  /** Why the client cannot be given a URL, and what to do. */
  readonly refuses?: (url: string, places: Places) => string | undefined
  /** What the person does next. */
  readonly next: string
}

/** What a client's configuration holds under our name. */
export type EntryOf = (server: Server, places: Places) => Record<string, unknown>
