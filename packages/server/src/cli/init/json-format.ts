import { isDeepStrictEqual } from 'node:util'
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parse,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser'
import { entryName, type Format, FormatError } from './format.js'
import { insertProperty, removeProperty, replaceValue } from './json-insert.js'

/** Gives the path of the object that holds the servers, for this text, and the entry of ours. */
export type Shape = (settings: unknown) => {
  readonly path: readonly string[]
  readonly entry: (url: string) => Record<string, unknown>
}

/** JSON, with the comments and trailing commas that the clients allow in it. */
export function jsonFormat(shape: Shape): Format {
  return {
    put(text, url) {
      const { settings } = read(text)
      const { path, entry } = shape(settings)
      const changed = putAt(text, [...path, entryName], entry(url))
      const expected = withEntry(settings, [...path, entryName], entry(url))
      if (!isDeepStrictEqual(read(changed).settings, expected)) throw unexpected()
      return changed
    },
    remove(text) {
      const { settings, root } = read(text)
      const entry = root && findNodeAtLocation(root, [...shape(settings).path, entryName])
      return entry?.parent ? removeProperty(text, entry.parent) : text
    },
    has(text) {
      const { settings, root } = read(text)
      return (
        root !== undefined && findNodeAtLocation(root, [...shape(settings).path, entryName]) !== undefined
      )
    },
  }
}

function read(text: string): { settings: unknown; root: Node | undefined } {
  const body = withoutMark(text)
  if (body.trim() === '') return { settings: {}, root: undefined }
  const errors: ParseError[] = []
  const root = parseTree(body, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error) {
    const line = body.slice(0, error.offset).split('\n').length
    throw new FormatError(`line ${line} is not JSON (${printParseErrorCode(error.error)})`)
  }
  if (root?.type !== 'object') throw new FormatError('it is not a JSON object')
  return { settings: parse(body, [], { allowTrailingComma: true }), root }
}

/** The byte order mark that some editors on Windows write is not JSON; every other offset stays. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, ' ')
}

/** Puts the value at a path: over the value that is there, or as the last property of the deepest object there is. */
function putAt(text: string, path: readonly string[], value: unknown): string {
  const { root } = read(text)
  if (!root)
    return `${text.startsWith('\uFEFF') ? '\uFEFF' : ''}${JSON.stringify(nested(path, value), null, 2)}\n`
  const present = findNodeAtLocation(root, [...path])
  if (present)
    return JSON.stringify(getNodeValue(present)) === JSON.stringify(value)
      ? text
      : replaceValue(text, present, value)
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const parent = findNodeAtLocation(root, path.slice(0, depth))
    if (!parent) continue
    if (parent.type !== 'object')
      throw new FormatError(`"${path.slice(0, depth).join('.')}" is not an object`)
    return insertProperty(text, parent, path[depth] ?? '', nested(path.slice(depth + 1), value))
  }
  throw unexpected()
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
}

function withEntry(settings: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  const object = settings as Readonly<Record<string, unknown>> | undefined
  return { ...object, [key]: withEntry(object?.[key], rest, value) }
}

function unexpected(): FormatError {
  return new FormatError('it has a form in which this program cannot make one change alone')
}
