import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/** One variable: `NAME=value`, in quotes where it has several lines, or a comment or empty line. */
const entry =
  /^(?:[ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=[ \t]*(?:'[^']*'|"[^"]*"|`[^`]*`|(?!['"`])).*|[ \t]*#.*|[ \t]*)(?:\r?\n|$)/

/** The variables of a `.env` file, or why it cannot be used. */
export interface EnvFile {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** One sentence: the file and the line, never what the line says. */
  readonly problem?: string
}

/**
 * Reads a `.env` file with Node's own parser, which skips what it does not understand: here that is a problem. A file
 * that does not exist has no variables.
 *
 * @param name of the file, for the sentence
 */
export function readEnvFile(path: string | URL, name = String(path)): EnvFile {
  const { text, problem } = contentOf(path)
  if (problem !== undefined) return { variables: {}, problem: `${name}: ${problem}` }
  const line = malformedLine(text)
  if (line === undefined) return { variables: parseEnv(text) }
  return {
    variables: {},
    problem: `${name}: line ${line} is not NAME=value. Write one variable on each line, JSON in single quotes, and comments after #.`,
  }
}

function contentOf(path: string | URL): { text: string; problem?: string } {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return { text: '' }
    return { text: '', problem: `cannot be read (${code}). Make it a file that this user can read.` }
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { text: '', problem: 'is not text in UTF-8. Save it in that encoding.' }
  }
}

/** The number of the first line that Node's parser would misread. */
function malformedLine(text: string): number | undefined {
  let rest = text
  while (rest !== '') {
    const [read] = entry.exec(rest) ?? []
    if (!read) return text.slice(0, text.length - rest.length).split('\n').length
    rest = rest.slice(read.length)
  }
  return undefined
}
