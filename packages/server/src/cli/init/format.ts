import { isDeepStrictEqual } from 'node:util'

/** The server that a client connects to. */
export interface Server {
  readonly url: string
  /** What its sign-in asks for, in clients whose configuration says so. */
  readonly scopes?: readonly string[]
}

/** A part of a text, by offsets. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A text that was read and found valid. */
export interface Settings {
  readonly text: string
  /** Where our entry is; empty where there is none. */
  readonly spans: readonly Span[]
  /** What our entry connects to, where it is exactly what this program writes. */
  readonly server?: Server
  /**
   * Puts our entry in, in place of one that is there. Nothing else changes.
   *
   * @param read settings to return where the result has their text, so that a large file is not read again
   * @throws FormatError where the text has a form in which that is not possible
   */
  put(server: Server, read?: Settings): Settings
  /** Takes our entry out. */
  remove(): Settings
}

/** A way to keep servers in a text that people and programs edit too. */
export interface Format {
  /** @throws FormatError where the text is not what the client itself could read */
  open(text: string): Settings
}

/** The name of our entry in every client. */
export const entryName = 'scalekit'

/** A configuration that cannot be read or written, or that has a form that only its author should edit. */
export class FormatError extends Error {
  readonly code = 'config_unreadable'
}

/** The server of an entry, where `entryOf` writes exactly this entry for it. */
export function serverOf(
  value: unknown,
  entryOf: (server: Server) => Record<string, unknown>,
): Server | undefined {
  const scopes = scopesIn(value)
  return urlsIn(value)
    .map((url) => ({ url, ...(scopes ? { scopes } : {}) }))
    .find((server) => isSame(entryOf(server), value))
}

/** Whether two values would be written alike: prototypes do not count, nor does a member that is undefined. */
export const isSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(plain(one), plain(other))

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value, bigintAsText))
}

/** Integers of TOML may be larger than those of JSON. */
function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}

function urlsIn(value: unknown): string[] {
  if (typeof value === 'string') return /^https?:\/\//i.test(value) && URL.canParse(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(urlsIn) : []
}

function scopesIn(value: unknown): string[] | undefined {
  const { scopes, oauth } = Object(value) as { scopes?: unknown; oauth?: unknown }
  const found = scopes ?? (Object(oauth) as { scopes?: unknown }).scopes
  if (typeof found === 'string') return found.split(' ')
  return Array.isArray(found) ? found.map(String) : undefined
}
