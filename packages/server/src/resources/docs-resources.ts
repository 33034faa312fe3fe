import type { ReadResourceResult, Resource } from '@modelcontextprotocol/server'
import type { Docs } from '../docs-search/docs.js'
import { topics } from '../docs-search/topics.js'

/** A document in one answer: about 25,000 tokens. Longer ones are cut, and say so. */
const LIMIT = 80_000

export function listDocs(): Resource[] {
  const describe = (name: string, title: string, description: string) => ({
    uri: `docs://${name}`,
    name: `docs-${name}`,
    title,
    description,
    mimeType: 'text/markdown',
  })
  return [
    describe('index', 'Index of the documentation', "What Scalekit's documentation has, with links."),
    ...topics.map(({ name, title }) => describe(name, title, `Scalekit's documentation on ${title}.`)),
  ]
}

/**
 * @returns the document, or undefined for a URI that is not of the documentation
 * @throws ToolError when the documentation cannot be reached, or has nothing on the topic
 */
export async function readDocs(uri: string, docs: Docs): Promise<ReadResourceResult | undefined> {
  const name = /^docs:\/\/([a-z0-9-]{1,40})$/.exec(uri)?.[1]
  const topic = topics.find((each) => each.name === name)
  if (name !== 'index' && !topic) return undefined
  const text = topic ? await docs.topic(topic.name) : await docs.index()
  const shown =
    text.length > LIMIT ? `${text.slice(0, LIMIT)}\n\n(Cut here; search_docs finds the rest.)` : text
  return { contents: [{ uri, mimeType: 'text/markdown', text: shown }] }
}
