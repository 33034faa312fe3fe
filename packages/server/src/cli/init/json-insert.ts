import { createScanner, type Node, type SyntaxKind } from 'jsonc-parser'

// An enumeration that exists in types only.
const COMMA: SyntaxKind.CommaToken = 5

/** Writes a value over the one that is there. */
export function replaceValue(text: string, node: Node, value: unknown): string {
  const oneLine = !text.slice(node.offset, node.offset + node.length).includes('\n')
  const written = oneLine
    ? JSON.stringify(value)
    : write(value, indentOfLine(text, node.offset), styleOf(text))
  return text.slice(0, node.offset) + written + text.slice(node.offset + node.length)
}

/**
 * Adds a property at the end of an object, after the comment that may stand behind the last one. A comma at the end
 * stays a comma at the end.
 */
export function insertProperty(text: string, object: Node, key: string, value: unknown): string {
  const style = styleOf(text)
  const outer = indentOfLine(text, object.offset)
  const last = object.children?.at(-1)
  if (!last) {
    const inside = text.slice(object.offset + 1, object.offset + object.length - 1).trimEnd()
    const property = `${style.eol}${outer}${style.unit}${propertyText(key, value, outer + style.unit, style)}`
    const end = object.offset + object.length - 1
    return `${text.slice(0, object.offset + 1)}${inside}${property}${style.eol}${outer}${text.slice(end)}`
  }
  const end = last.offset + last.length
  const { comma, insertAt, lineComment } = afterLast(text, end)
  const oneLine = !lineComment && !text.slice(object.offset, last.offset).includes('\n')
  const indent = oneLine ? outer : indentOfLine(text, last.offset)
  const lead = oneLine ? ' ' : style.eol + indent
  const written = oneLine
    ? `${JSON.stringify(key)}: ${JSON.stringify(value)}`
    : propertyText(key, value, indent, style)
  return comma
    ? `${text.slice(0, insertAt)}${lead}${written},${text.slice(insertAt)}`
    : `${text.slice(0, end)},${text.slice(end, insertAt)}${lead}${written}${text.slice(insertAt)}`
}

/** Takes a property out, with one comma. Comments before and behind it stay where they are. */
export function removeProperty(text: string, property: Node): string {
  const { comma, insertAt } = afterComma(text, property.offset + property.length)
  const siblings = property.parent?.children ?? []
  const previous = siblings[siblings.indexOf(property) - 1]
  const rest = text.slice(insertAt)
  let kept = text.slice(0, property.offset)
  const sameLine = !/\n[ \t]*$/.test(kept)
  const after = sameLine || /^[ \t]*\r?\n/.test(rest) ? rest : rest.replace(/^[ \t]+/, '')
  if (after === rest) kept = kept.trimEnd()
  if (comma || !previous) return kept + after
  const end = previous.offset + previous.length
  const at = afterComma(text, end).insertAt
  return text.slice(0, at - 1) + kept.slice(at) + after
}

/** Whether a comma follows, and where it ends. The scanner skips comments, which may contain commas. */
function afterComma(text: string, end: number): { comma: boolean; insertAt: number } {
  const scanner = createScanner(text, true)
  scanner.setPosition(end)
  const comma = scanner.scan() === COMMA
  return { comma, insertAt: comma ? scanner.getPosition() : end }
}

/** Whether a comma follows, and where what belongs to the last property ends: its comma and the comments on its line. */
function afterLast(text: string, end: number): { comma: boolean; insertAt: number; lineComment: boolean } {
  const { comma, insertAt: from } = afterComma(text, end)
  const [comments = '', , line] =
    /^((?:[ \t]*\/\*[^\n]*?\*\/)*)([ \t]*\/\/[^\r\n]*)?/.exec(text.slice(from)) ?? []
  return { comma, insertAt: from + comments.length, lineComment: line !== undefined }
}

interface Style {
  readonly unit: string
  readonly eol: string
}

/** The indentation and line ends that the text has. */
function styleOf(text: string): Style {
  const [, unit = '  '] = /\n([ \t]+)\S/.exec(text) ?? []
  return { unit: unit.startsWith('\t') ? '\t' : unit, eol: text.includes('\r\n') ? '\r\n' : '\n' }
}

function indentOfLine(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? ''
}

function propertyText(key: string, value: unknown, indent: string, style: Style): string {
  return `${JSON.stringify(key)}: ${write(value, indent, style)}`
}

function write(value: unknown, indent: string, { unit, eol }: Style): string {
  return JSON.stringify(value, null, unit).replaceAll('\n', eol + indent)
}
