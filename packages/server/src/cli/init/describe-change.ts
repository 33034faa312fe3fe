import { styleText } from 'node:util'
import { type Change, isChange } from './change.js'
import type { Settings, Span } from './format.js'

/** Our entry as it was and as it would be, with the numbers of its lines. The rest of a file may hold secrets of others. */
export function describeChange(change: Change): string {
  const { client, file, before, after } = change
  const title = `${client.title}  ${file}\n`
  if (!isChange(change)) return `${title}  nothing to change\n`
  const whole = (settings: Settings) => [{ start: 0, end: settings.text.length }]
  const gone = before ? numbered(before, after ? before.spans : whole(before), '-') : []
  const come = after ? numbered(after, before ? after.spans : whole(after), '+') : []
  return `${title}${[...gone, ...come].join('')}`
}

function numbered({ text }: Settings, spans: readonly Span[], sign: '+' | '-'): string[] {
  const colour = sign === '+' ? 'green' : 'red'
  return spans.flatMap((span) => {
    const first = text.slice(0, span.start).split('\n').length
    return linesOf(text, span).map(
      (line, index) => `${styleText(colour, `${String(first + index).padStart(5)} ${sign} ${line}`)}\n`,
    )
  })
}

/** The lines of a part, each whole where nothing but space is around it; … stands for the rest of a line. */
function linesOf(text: string, { start, end }: Span): string[] {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const [after = ''] = /^[^\n]*/.exec(text.slice(end)) ?? []
  const lead = before.trim() === '' ? before : '… '
  const part = text.slice(start, end)
  const rest = part.endsWith('\n') || /^,?\s*$/.test(after) ? '' : ' …'
  return `${lead}${part.trimEnd()}${rest}`.split('\n').map((line) => line.replace(/\r$/, ''))
}
