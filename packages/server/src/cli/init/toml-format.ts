import { isDeepStrictEqual } from 'node:util'
import { parse, TomlError } from 'smol-toml'
import { entryName, type Format, FormatError } from './format.js'

const table = 'mcp_servers'
/** The header of our table or of one inside it, with or without quotes. */
const ourHeader = new RegExp(
  `^\\s*\\[\\s*${table}\\s*\\.\\s*(?:${entryName}|"${entryName}"|'${entryName}')\\s*(\\.|\\])`,
)
const anyHeader = /^\s*\[/

type Table = Record<string, unknown>

/** Codex's TOML: our table is text between two headers, and every change is read back and compared. */
export const codexFormat: Format = {
  put(text, url) {
    const settings = read(text)
    const line = `url = ${JSON.stringify(url)}`
    const changed = ours(settings) ? replaceUrl(text, line) : append(text, line)
    const servers = (settings[table] ?? {}) as Table
    const expected = {
      ...settings,
      [table]: { ...servers, [entryName]: { ...(servers[entryName] as Table | undefined), url } },
    }
    return checked(changed, expected)
  },
  remove(text) {
    const settings = read(text)
    const { [entryName]: _, ...others } = (settings[table] ?? {}) as Table
    const { [table]: __, ...rest } = settings
    const changed = withoutTables(text)
    const expected = Object.keys(others).length > 0 ? { ...rest, [table]: others } : rest
    const left = read(changed)
    return checked(changed, left[table] ? { ...expected, [table]: others } : expected)
  },
  has: (text) => ours(read(text)) !== undefined,
}

function read(text: string): Table {
  try {
    return parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw new FormatError(`line ${error.line} is not TOML`)
  }
}

function ours(settings: Table): unknown {
  return (settings[table] as Table | undefined)?.[entryName]
}

function append(text: string, line: string): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const gap = text === '' ? '' : text.endsWith('\n') ? eol : eol + eol
  return `${text}${gap}[${table}.${entryName}]${eol}${line}${eol}`
}

/** Within our own table, the line of the URL. */
function replaceUrl(text: string, line: string): string {
  const lines = text.split('\n')
  const header = lines.findIndex((each) => ourHeader.exec(each)?.[1] === ']')
  const next = lines.findIndex((each, index) => index > header && anyHeader.test(each))
  const at = lines.findIndex(
    (each, index) => index > header && (next < 0 || index < next) && /^\s*url\s*=/.test(each),
  )
  if (header < 0) throw ownForm()
  const ending = (lines[header] ?? '').endsWith('\r') ? '\r' : ''
  if (at < 0) lines.splice(header + 1, 0, line + ending)
  else lines[at] = (lines[at] ?? '').replace(/url\s*=\s*(?:"[^"]*"|'[^']*')/, () => line)
  return lines.join('\n')
}

/** Every table of ours goes, up to the comments that stand before the next one. */
function withoutTables(text: string): string {
  const kept: string[] = []
  let inside = false
  let pending: string[] = []
  for (const line of text.split('\n')) {
    if (anyHeader.test(line)) {
      inside = ourHeader.test(line)
      kept.push(...(inside ? [] : pending))
      pending = []
    }
    if (!inside) kept.push(line)
    else pending = /^\s*(#.*)?$/.test(line) ? [...pending, line] : []
  }
  return [...kept, ...(pending.length > 0 ? [''] : [])].join('\n').replace(/\n{2,}$/, '\n')
}

function checked(text: string, expected: Table): string {
  if (!isDeepStrictEqual(plain(read(text)), plain(expected))) throw ownForm()
  return text
}

/** Tables without their prototypes, dates as text: only what stands there counts. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function ownForm(): FormatError {
  return new FormatError(
    `it keeps ${table}.${entryName} in a form that this program does not edit: change it by hand`,
  )
}
