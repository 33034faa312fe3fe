import { styleText } from 'node:util'
import type { Change } from './change.js'

/** The lines that would go and come, each with its number. Changes are in one place, so its two ends are enough. */
export function describeChange({ client, file, before = '', after = '' }: Change): string {
  if (before === after) return `${client.title}  ${file}\n  nothing to change\n`
  const old = before.split('\n')
  const next = after.split('\n')
  let start = 0
  while (start < Math.min(old.length, next.length) && old[start] === next[start]) start++
  let end = 0
  const most = Math.min(old.length, next.length) - start
  while (end < most && old.at(-1 - end) === next.at(-1 - end)) end++
  const lines = [
    ...numbered(old.slice(start, old.length - end), start, '-'),
    ...numbered(next.slice(start, next.length - end), start, '+'),
  ]
  return `${client.title}  ${file}\n${lines.join('')}`
}

function numbered(lines: readonly string[], start: number, sign: '+' | '-'): string[] {
  const colour = sign === '+' ? 'green' : 'red'
  return lines
    .filter((line, index) => line !== '' || index < lines.length - 1)
    .map((line, index) => {
      const text = `${String(start + index + 1).padStart(5)} ${sign} ${line.replace(/\r$/, '')}`
      return `${styleText(colour, text)}\n`
    })
}
