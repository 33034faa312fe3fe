import { isDeepStrictEqual } from 'node:util'
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser'
import {
  entryName,
  type Format,
  FormatError,
  type Server,
  type Settings,
  type Span,
  serverOf,
} from './format.js'
import { insertProperty, removeProperty, replaceValue } from './json-insert.js'

/** The path of the object that holds the servers, for these settings, and what is our entry there. */
export type Shape = (settings: unknown) => {
  readonly path: readonly string[]
  readonly entry: (server: Server) => Record<string, unknown>
}

/** JSON, with the comments and trailing commas that the clients allow in it. */
export function jsonFormat(shape: Shape): Format {
  return { open: (text) => new JsonSettings(text, shape) }
}

class JsonSettings implements Settings {
  readonly text: string
  readonly spans: readonly Span[]
  readonly server?: Server
  readonly #shape: Shape
  readonly #root: Node | undefined
  readonly #value: unknown
  readonly #path: readonly string[]
  readonly #entry: (server: Server) => Record<string, unknown>

  /** @param shown how many steps of the path lead to what counts as ours: a change may have created the object around it */
  constructor(text: string, shape: Shape, shown?: number) {
    this.text = text
    this.#shape = shape
    this.#root = parsed(text)
    this.#value = this.#root ? getNodeValue(this.#root) : {}
    const { path, entry } = shape(this.#value)
    this.#path = [...path, entryName]
    this.#entry = entry
    this.#path.forEach((key, depth) => {
      const siblings = this.#at(this.#path.slice(0, depth))?.children ?? []
      if (siblings.filter(({ children: [name] = [] }) => name?.value === key).length > 1) {
        throw new FormatError(`it has "${key}" twice in one object: keep one`)
      }
    })
    const node = this.#at(this.#path)
    const property = this.#at(this.#path.slice(0, shown ?? this.#path.length))?.parent
    this.spans = node && property ? [{ start: property.offset, end: property.offset + property.length }] : []
    const server = node && serverOf(getNodeValue(node), entry)
    if (server) this.server = server
  }

  put(server: Server, read?: Settings): Settings {
    const value = this.#entry(server)
    const depth = this.#path.findIndex((_, index) => !this.#at(this.#path.slice(0, index + 1)))
    const text = this.#with(value, depth)
    if (text === read?.text) return read
    const changed = new JsonSettings(text, this.#shape, depth < 0 ? undefined : depth + 1)
    const expected = withEntry(
      this.#value,
      this.#path,
      getNodeValue(parseTree(JSON.stringify(value)) as Node),
    )
    if (!isDeepStrictEqual(changed.#value, expected)) throw unexpected()
    return changed
  }

  remove(): Settings {
    const property = this.#at(this.#path)?.parent
    if (!property) return this
    const changed = new JsonSettings(removeProperty(this.text, property), this.#shape)
    if (!isDeepStrictEqual(changed.#value, withEntry(this.#value, this.#path, undefined))) throw unexpected()
    return changed
  }

  #at(path: readonly string[]): Node | undefined {
    return this.#root && findNodeAtLocation(this.#root, [...path])
  }

  /** The value over the one that is there, or as the last property of the deepest object that is on the path. */
  #with(value: unknown, depth: number): string {
    const { text } = this
    if (!this.#root) {
      const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
      return `${mark}${JSON.stringify(nested(this.#path, value), null, 2)}\n`
    }
    const present = depth < 0 ? this.#at(this.#path) : undefined
    if (present) {
      const isSame = JSON.stringify(getNodeValue(present)) === JSON.stringify(value)
      return isSame ? text : replaceValue(text, present, value)
    }
    const parent = this.#at(this.#path.slice(0, depth))
    if (parent?.type !== 'object') {
      throw new FormatError(`"${this.#path.slice(0, depth).join('.')}" is not an object`)
    }
    return insertProperty(text, parent, this.#path[depth] ?? '', nested(this.#path.slice(depth + 1), value))
  }
}

/** The tree of a text; undefined where it is empty. */
function parsed(text: string): Node | undefined {
  // The byte order mark that some editors on Windows write is not JSON; every other offset stays.
  const body = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text
  if (!/\S/.test(body)) return undefined
  const errors: ParseError[] = []
  const root = parseTree(body, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error) {
    const line = body.slice(0, error.offset).split('\n').length
    throw new FormatError(`line ${line} is not JSON (${printParseErrorCode(error.error)})`)
  }
  if (root?.type !== 'object') throw new FormatError('it is not a JSON object')
  return root
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
}

/** Objects without a prototype, as those of `getNodeValue`. No value takes the entry out. */
function withEntry(settings: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  const { [key]: inner, ...others } = Object(settings) as Readonly<Record<string, unknown>>
  const entry = withEntry(inner, rest, value)
  return Object.assign(Object.create(null), others, entry === undefined ? undefined : { [key]: entry })
}

function unexpected(): FormatError {
  return new FormatError('it has a form in which this program cannot make one change alone')
}
