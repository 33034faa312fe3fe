import type { Format } from './format.js'

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

/** One MCP client: where its configuration is, and what names a server in it. */
export interface Client {
  readonly id: string
  readonly title: string
  /** Its configuration file; of several the first that exists, or else the first. */
  readonly files: (places: Places) => readonly string[]
  /** It is installed when one of these exists. */
  readonly signs: (places: Places) => readonly string[]
  readonly format: Format
  /** What the person does next. */
  readonly next: string
}
