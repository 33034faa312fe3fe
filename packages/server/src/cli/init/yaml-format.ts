import { type Document, isMap, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml'
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

type EntryOf = (server: Server) => Record<string, unknown>
type Values = Record<string, unknown>

/** YAML with a mapping of servers at its top level: our entry is lines in it, and every change is read back and compared. */
export function yamlFormat(key: string, entryOf: EntryOf): Format {
  return { open: (text) => new YamlSettings(text, key, entryOf) }
}

class YamlSettings implements Settings {
  readonly text: string
  readonly spans: readonly Span[]
  readonly server?: Server
  readonly value: Values
  readonly #key: string
  readonly #entryOf: EntryOf
  readonly #servers: Pair | undefined
  readonly #own: Pair | undefined

  constructor(text: string, key: string, entryOf: EntryOf) {
    this.text = text
    this.#key = key
    this.#entryOf = entryOf
    const document = parseDocument(text)
    const [error] = document.errors
    if (error) throw new FormatError(`line ${error.linePos?.[0].line ?? 1} is not YAML`)
    this.value = valuesOf(document)
    if (document.contents && !isMap(document.contents)) throw new FormatError('it is not a YAML mapping')
    this.#servers = pairOf(document.contents, key)
    this.#own = pairOf(this.#servers?.value, entryName)
    this.spans = this.#own ? [blockOf(text, this.#own)] : []
    const server = serverOf(this.#own && (this.value[key] as Values)[entryName], entryOf)
    if (server) this.server = server
  }

  put(server: Server): Settings {
    const { text } = this
    const [own] = this.spans
    if (this.server && isSame(this.#entryOf(this.server), this.#entryOf(server))) return this
    const entry = { [entryName]: this.#entryOf(server) }
    const others = this.value[this.#key] as Values | undefined
    const expected = { ...this.value, [this.#key]: { ...others, ...entry } }
    if (own) {
      const indent = columnOf(text, own.start)
      return this.#checked(
        text.slice(0, own.start) + this.#lines(entry, indent) + text.slice(own.end),
        expected,
      )
    }
    const { before, after, indent } = this.#placeForMore()
    return this.#checked(before + this.#lines(entry, indent) + after, expected)
  }

  remove(): Settings {
    const [own] = this.spans
    if (!own) return this
    const { [entryName]: _, ...others } = this.value[this.#key] as Values
    const left = Object.keys(others).length > 0 ? others : null
    return this.#checked(this.text.slice(0, own.start) + this.text.slice(own.end), {
      ...this.value,
      [this.#key]: left,
    })
  }

  /** Where a new entry goes: behind the last one, or into a mapping that is empty or not there. */
  #placeForMore(): { readonly before: string; readonly after: string; readonly indent: number } {
    const { text } = this
    const eol = this.#eol
    const line = (part: string) => (/^\uFEFF?$|\n$/.test(part) ? part : `${part}${eol}`)
    if (!this.#servers) return { before: `${line(text)}${this.#key}:${eol}`, after: '', indent: 2 }
    const map = this.#servers.value
    const last = isMap(map) ? map.items.at(-1) : undefined
    if (isMap(map) && last && !map.flow) {
      const { end } = blockOf(text, last)
      return {
        before: line(text.slice(0, end)),
        after: text.slice(end),
        indent: columnOf(text, startOf(last)),
      }
    }
    if (last) throw this.#ownForm()
    // Empty: nothing, null, ~ or {}.
    const colon = text.indexOf(':', startOf(this.#servers)) + 1
    const [rest = ''] = /^[^\n]*\n?/.exec(text.slice(colon)) ?? []
    if (!/^ *(\{ *\}|null|~)? *(#.*)?\r?\n?$/.test(rest)) throw this.#ownForm()
    const comment = /#[^\r\n]*/.exec(rest)?.[0]
    const before = `${text.slice(0, colon)}${comment ? ` ${comment}` : ''}${eol}`
    return { before, after: text.slice(colon + rest.length), indent: 2 }
  }

  get #eol(): string {
    return this.text.includes('\r\n') ? '\r\n' : '\n'
  }

  #lines(entry: Values, indent: number): string {
    return stringify(entry)
      .replace(/^(?=.)/gm, ' '.repeat(indent))
      .replaceAll('\n', this.#eol)
  }

  #checked(text: string, expected: Values): Settings {
    let changed: YamlSettings
    try {
      changed = new YamlSettings(text, this.#key, this.#entryOf)
    } catch (error) {
      throw error instanceof FormatError ? this.#ownForm() : error
    }
    if (!isSame(changed.value, expected)) throw this.#ownForm()
    return changed
  }

  #ownForm(): FormatError {
    const line = this.text.slice(0, this.#servers ? startOf(this.#servers) : 0).split('\n').length
    return new FormatError(
      `line ${line} has ${this.#key} in a form that this program does not edit: write each server on lines of its own`,
    )
  }
}

/** Plain values; aliases are written out. */
function valuesOf(document: Document): Values {
  try {
    return JSON.parse(JSON.stringify(document.toJS() ?? {})) as Values
  } catch (cause) {
    throw new FormatError(
      'it has an alias without its anchor, too many aliases, or one that contains itself',
      { cause },
    )
  }
}

function pairOf(map: unknown, key: string): Pair | undefined {
  return isMap(map)
    ? (map as YAMLMap).items.find(({ key: each }) => isScalar(each) && each.value === key)
    : undefined
}

function startOf({ key }: Pair): number {
  return (isScalar(key) ? key.range?.[0] : undefined) ?? 0
}

/** The column of an offset, which is the indentation where only spaces are before it. */
function columnOf(text: string, offset: number): number {
  const [, spaces = ''] = /^( *)/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1)) ?? []
  return spaces.length
}

/** The lines of an entry: that of its key, and what is indented further. Comments behind it belong to the next one. */
function blockOf(text: string, pair: Pair): Span {
  const start = text.lastIndexOf('\n', startOf(pair) - 1) + 1
  const indent = columnOf(text, start)
  let end = start
  let offset = start
  for (const line of text.slice(start).split(/(?<=\n)/)) {
    const isInside = offset === start || columnOf(line, 0) > indent
    offset += line.length
    if (/^\s*(#.*)?\s*$/.test(line)) continue
    if (!isInside) break
    end = offset
  }
  return { start, end }
}
