import type { Dispatcher } from 'undici'
import { ToolError } from '../errors.js'
import { fetchDocument } from './fetch-document.js'
import { SearchThread } from './search-thread.js'
import type { Section } from './sections.js'
import { findTopicDocuments, type Topic } from './topics.js'

/** Scalekit's documentation, as agents may read it. */
export interface Docs {
  index(): Promise<string>
  topic(name: Topic): Promise<string>
  search(query: string, options: { topic?: Topic; limit: number }): Promise<Section[]>
  close(): Promise<void>
}

interface Copy {
  readonly index: string
  readonly documents: ReadonlyMap<Topic, { readonly url: URL; readonly text: string }>
  readonly loadedAt: number
}

const FRESH_MS = 60 * 60_000
const RETRY_MS = 60_000

/**
 * Keeps a copy of the documentation and refreshes it every hour. While the site is unreachable, it serves the last
 * good copy. A topic that cannot be read is left out.
 */
export function createDocs(
  base: URL,
  dispatcher: Dispatcher,
  onWarning: (message: string, cause: unknown) => void,
): Docs {
  let copy: Copy | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined
  const thread = new SearchThread()

  const refresh = async () => {
    triedAt = Date.now()
    try {
      copy = await load(base, dispatcher, copy, onWarning)
      thread.load([...copy.documents].map(([topic, { url, text }]) => ({ topic, url: url.href, text })))
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
      await current()
      return thread.search({ query, limit, ...(topic ? { topic } : {}) })
    },
    close: () => thread.close(),
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
  return { index, documents: new Map(found.flat()), loadedAt: Date.now() }
}
