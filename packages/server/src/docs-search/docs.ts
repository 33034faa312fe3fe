import MiniSearch from 'minisearch'
import type { Dispatcher } from 'undici'
import { ToolError } from '../errors.js'
import { fetchDocument } from './fetch-document.js'
import { type Section, splitSections } from './sections.js'
import { findTopicDocuments, type Topic } from './topics.js'

/** Scalekit's documentation, as agents may read it. */
export interface Docs {
  index(): Promise<string>
  topic(name: Topic): Promise<string>
  search(query: string, options: { topic?: Topic; limit: number }): Promise<Section[]>
}

interface Copy {
  readonly index: string
  readonly documents: ReadonlyMap<Topic, { readonly url: URL; readonly text: string }>
  readonly search: MiniSearch<Section>
  readonly sections: ReadonlyMap<string, Section>
  readonly loadedAt: number
}

const FRESH_MS = 60 * 60_000
const RETRY_MS = 60_000

/**
 * Keeps a copy of the documentation, renewed every hour. While the site is out of reach the last good copy
 * serves. A topic that cannot be read is left out; the others are there.
 */
export function createDocs(
  base: URL,
  dispatcher: Dispatcher,
  onWarning: (message: string, cause: unknown) => void,
): Docs {
  let copy: Copy | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined

  const refresh = async () => {
    triedAt = Date.now()
    try {
      copy = await load(base, dispatcher, copy, onWarning)
    } catch (cause) {
      onWarning('The documentation could not be read', cause)
    }
  }
  const current = async (): Promise<Copy> => {
    const due = Date.now() - (copy?.loadedAt ?? Number.NEGATIVE_INFINITY) > FRESH_MS
    if (due && Date.now() - triedAt > (copy ? RETRY_MS : 1_000)) {
      loading ??= refresh().finally(() => {
        loading = undefined
      })
    }
    if (loading && !copy) await loading
    if (!copy)
      throw new ToolError('upstream_unavailable', 'The documentation cannot be reached and no copy is here.')
    return copy
  }

  return {
    index: async () => (await current()).index,
    async topic(name) {
      const document = (await current()).documents.get(name)
      if (!document) throw new ToolError('not_found', 'The documentation has no document on this topic now.')
      return document.text
    },
    async search(query, { topic, limit }) {
      const { search, sections } = await current()
      const hits = search.search(query, {
        prefix: true,
        fuzzy: 0.15,
        boost: { title: 3 },
        ...(topic ? { filter: (hit) => hit.topic === topic } : {}),
      })
      return hits.slice(0, limit).flatMap(({ id }) => sections.get(String(id)) ?? [])
    },
  }
}

async function load(
  base: URL,
  dispatcher: Dispatcher,
  last: Copy | undefined,
  onWarning: (message: string, cause: unknown) => void,
): Promise<Copy> {
  const index = await fetchDocument(new URL('llms.txt', base), base.origin, dispatcher)
  const found = await Promise.all(
    [...findTopicDocuments(index, base)].map(async ([name, url]) => {
      const text = await fetchDocument(url, base.origin, dispatcher).catch((cause: unknown) => {
        onWarning(`The documentation on ${name} could not be read`, cause)
        return last?.documents.get(name)?.text
      })
      return text === undefined ? [] : [[name, { url, text }] as const]
    }),
  )
  const documents = new Map(found.flat())
  const all = [...documents].flatMap(([name, { url, text }]) => splitSections(name, url, text))
  const search = new MiniSearch<Section>({ fields: ['title', 'text'], storeFields: ['topic'] })
  search.addAll(all)
  const sections = new Map(all.map((section) => [section.id, section]))
  return { index, documents, search, sections, loadedAt: Date.now() }
}
