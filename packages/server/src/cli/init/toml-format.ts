import { parse, TomlError } from 'smol-toml'
import {
  entryName,
  type Format,
  FormatError,
  isSame,
  type Server,
  type Settings,
  type Span,
  serverOf,
} from './format.js'

const table = 'mcp_servers'
/** The header of our table or of one inside it, with or without quotes. */
const ourHeader = new RegExp(
  `^\\s*\\[{1,2}\\s*${table}\\s*\\.\\s*(?:${entryName}|"${entryName}"|'${entryName}')\\s*[.\\]]`,
)
const anyHeader = /^\s*\[/
/** What is between two tables, and belongs to the next one. */
const between = /^\s*(#.*)?\s*$/

type Table = Record<string, unknown>

/** Codex's TOML: our tables are lines between two headers, and every change is read back and compared. */
export const codexFormat: Format = { open: (text) => new TomlSettings(text) }

const entryOf = ({ url, scopes }: Server): Table => ({ url, ...(scopes ? { scopes: [...scopes] } : {}) })

class TomlSettings implements Settings {
  readonly text: string
  readonly spans: readonly Span[]
  readonly server?: Server
  readonly value: Table

  constructor(text: string) {
    this.text = text
    this.value = parsed(text)
    this.spans = tablesIn(text)
    const server = serverOf(ours(this.value), entryOf)
    if (server) this.server = server
  }

  put(server: Server): Settings {
    const { text, spans } = this
    if (isSame(ours(this.value), entryOf(server))) return this
    const eol = text.includes('\r\n') ? '\r\n' : '\n'
    const lines = Object.entries(entryOf(server)).map(([key, value]) => `${key} = ${written(value)}${eol}`)
    const block = `[${table}.${entryName}]${eol}${lines.join('')}`
    const [first, ...others] = spans
    if (!first && ours(this.value)) throw ownForm(text)
    const gap = text === '' ? '' : text.endsWith('\n') ? eol : eol + eol
    const changed = first
      ? text.slice(0, first.start) + block + cut(text, first.end, others)
      : `${text}${gap}${block}`
    const servers = (this.value[table] ?? {}) as Table
    return this.#checked(changed, { ...servers, [entryName]: entryOf(server) })
  }

  remove(): Settings {
    if (!ours(this.value)) return this
    const { [entryName]: _, ...others } = this.value[table] as Table
    const left = cut(this.text, 0, this.spans)
    const rest = this.spans.at(-1)?.end === this.text.length ? left.replace(/(\r?\n)(?:\r?\n)+$/, '$1') : left
    return this.#checked(rest, others)
  }

  /** A text in which the servers are these, and all else is as it was. An empty table of servers may be gone. */
  #checked(text: string, servers: Table): Settings {
    const { [table]: _, ...others } = this.value
    const changed = opened(text)
    const value: Table = changed?.value ?? {}
    const { [table]: now = {}, ...rest } = value
    if (!changed || !isSame([now, rest], [servers, others])) throw ownForm(this.text)
    return changed
  }
}

/** What this program made of a valid text; undefined where it is not TOML. */
function opened(text: string): TomlSettings | undefined {
  try {
    return new TomlSettings(text)
  } catch (error) {
    if (error instanceof FormatError) return undefined
    throw error
  }
}

function parsed(text: string): Table {
  try {
    return parse(text.replace(/^\uFEFF/, ''), { integersAsBigInt: 'asNeeded' })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw new FormatError(`line ${error.line} is not TOML`)
  }
}

function ours(settings: Table): unknown {
  return (Object(settings[table]) as Table)[entryName]
}

/** Every table of ours, without the comments and empty lines before the next one. */
function tablesIn(text: string): Span[] {
  const spans: Span[] = []
  let inside = false
  let offset = 0
  for (const line of text.split(/(?<=\n)/)) {
    const end = offset + line.length
    if (anyHeader.test(line)) {
      inside = ourHeader.test(line)
      if (inside) spans.push({ start: offset, end })
    } else if (inside && !between.test(line)) {
      spans.push({ start: spans.pop()?.start ?? offset, end })
    }
    offset = end
  }
  return spans
}

/** The text from an offset, without some parts of it. */
function cut(text: string, from: number, spans: readonly Span[]): string {
  const starts = [from, ...spans.map(({ end }) => end)]
  return starts.map((start, index) => text.slice(start, spans[index]?.start)).join('')
}

/** JSON's strings and lists of strings are TOML's. */
function written(value: unknown): string {
  return Array.isArray(value)
    ? `[${value.map((each) => JSON.stringify(each)).join(', ')}]`
    : JSON.stringify(value)
}

/** Tables that are written in another way, such as in braces, take no table that is added. */
function ownForm(text: string): FormatError {
  const line = text.split('\n').findIndex((each) => /^[\s["']*mcp_servers\b/.test(each)) + 1
  return new FormatError(
    `line ${line} has ${table} in a form that this program does not edit: write each server as a table, like [${table}.${entryName}]`,
  )
}
