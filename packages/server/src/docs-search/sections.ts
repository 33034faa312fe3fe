/** A part of a document under one heading. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly topic: string
  /** The page that the section is from, where the document says so. */
  readonly url: string
  readonly text: string
}

const MAX_TEXT = 4_000

/** Splits a Markdown document at its headings. Code blocks stay whole. Takes time linear in the document. */
export function splitSections(topic: string, source: URL, markdown: string): Section[] {
  const sections: Section[] = []
  let title = topic
  let url = source.href
  let lines: string[] = []
  let inCode = false
  const close = () => {
    const text = lines.join('\n').trim().slice(0, MAX_TEXT)
    if (text) sections.push({ id: `${topic}#${sections.length}`, title, topic, url, text })
    lines = []
  }
  for (const line of markdown.split('\n')) {
    if (/^\s*(```|~~~)/.test(line)) inCode = !inCode
    const heading = inCode ? undefined : /^#{1,4}\s+(\S.{0,199})$/.exec(line)?.[1]
    if (heading === undefined) {
      lines.push(line)
      const page = inCode ? undefined : /^(?:source|url):\s*(https?:\/\/\S{1,300})$/i.exec(line.trim())?.[1]
      if (page && URL.canParse(page) && new URL(page).origin === source.origin) url = page
      continue
    }
    close()
    title = heading.trim()
  }
  close()
  return sections
}
