import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { ConfigError } from './config-error.js'

/** One variable: `NAME=value`, in quotes where it has several lines, or a comment or empty line. */
const entry =
  /^(?:[ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=[ \t]*(?:'[^']*'|"[^"]*"|`[^`]*`|(?!['"`])).*|[ \t]*#.*|[ \t]*)(?:\r?\n|$)/

/**
 * Reads a `.env` file with Node's own parser, which skips what it does not understand: here that is an error.
 *
 * @returns no variables where there is no such file
 * @throws ConfigError that names the file and the line, never what the line says
 */
export function readEnvFile(path: string): Readonly<Record<string, string | undefined>> {
  const text = contentOf(path)
  const line = malformedLine(text)
  if (line !== undefined) {
    throw new ConfigError([
      `${path}: line ${line} is not NAME=value. Write one variable on each line, JSON in single quotes, and comments after #.`,
    ])
  }
  return parseEnv(text)
}

function contentOf(path: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return ''
    throw new ConfigError([`${path}: cannot be read (${code}). Make it a file that this user can read.`])
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ConfigError([`${path}: is not text in UTF-8. Save it in that encoding.`])
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
