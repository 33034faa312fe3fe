export interface BarGroup {
  readonly name: string
  readonly bars: readonly (readonly [name: string, value: number])[]
}

const WIDTH = 860
const LABELS = 270
const VALUES = 70
const BAR = 18
const COLOURS = ['#4f46e5', '#d97706', '#64748b', '#0d9488', '#be185d']

/** Horizontal bars on a logarithmic scale, as an SVG that can be read on a light and on a dark page. */
export function barChart({ title, groups }: { title: string; groups: readonly BarGroup[] }): string {
  const names = [...new Set(groups.flatMap(({ bars }) => bars.map(([name]) => name)))]
  const values = groups.flatMap(({ bars }) => bars.map(([, value]) => value)).filter((value) => value > 0)
  const [least, most] = [Math.min(...values) / 2, Math.max(...values)]
  const lengthOf = (value: number) =>
    Math.max(2, (Math.log(value / least) / Math.log(most / least)) * (WIDTH - LABELS - VALUES))
  const colourOf = (name: string) => COLOURS[names.indexOf(name) % COLOURS.length]
  const parts: string[] = [text(12, 22, title, 'title')]
  names.forEach((name, index) => {
    parts.push(
      `<rect x="${12 + index * 130}" y="36" width="12" height="12" rx="2" fill="${colourOf(name)}"/>`,
    )
    parts.push(text(30 + index * 130, 47, name))
  })
  let y = 66
  for (const { name, bars } of groups) {
    parts.push(text(12, y + (bars.length * BAR) / 2 + 4, name))
    for (const [server, value] of bars) {
      const length = lengthOf(value)
      parts.push(
        `<rect x="${LABELS}" y="${y}" width="${length.toFixed(1)}" height="${BAR - 4}" rx="2" fill="${colourOf(server)}"/>`,
        text(LABELS + length + 6, y + 11, value.toFixed(0)),
      )
      y += BAR
    }
    y += 12
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escaped(title)}">
<style>text{font:12px system-ui,sans-serif;fill:#334155}.title{font-weight:600;font-size:14px}@media(prefers-color-scheme:dark){text{fill:#e2e8f0}}</style>
${parts.join('\n')}
</svg>
`
}

function text(x: number, y: number, words: string, style?: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${style ? ` class="${style}"` : ''}>${escaped(words)}</text>`
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
