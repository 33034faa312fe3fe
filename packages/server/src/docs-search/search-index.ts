import MiniSearch from 'minisearch'
import { type Section, splitSections } from './sections.js'

/** A document of the documentation, as it was fetched. */
export interface SourceDocument {
  readonly topic: string
  readonly url: string
  readonly text: string
}

export interface SearchQuery {
  readonly query: string
  readonly topic?: string
  readonly limit: number
}

export type SearchIndex = (query: SearchQuery) => Section[]

const MAX_SECTIONS = 20_000
const MAX_TERMS = 12
const MIN_TERM_LENGTH = 2
/** A shorter prefix matches a large part of the vocabulary. */
const MIN_PREFIX_LENGTH = 3
const MIN_FUZZY_LENGTH = 4

/** Builds the index of a set of documents. Both this and a search are synchronous: run them in the search thread. */
export function createSearchIndex(documents: readonly SourceDocument[]): SearchIndex {
  const all = documents
    .flatMap(({ topic, url, text }) => splitSections(topic, new URL(url), text))
    .slice(0, MAX_SECTIONS)
  const sections = new Map(all.map((section) => [section.id, section]))
  const index = new MiniSearch<Section>({ fields: ['title', 'text'], storeFields: ['topic'] })
  index.addAll(all)

  return ({ query, topic, limit }) => {
    const hits = index.search(termsOf(query).join(' '), {
      prefix: (term) => term.length >= MIN_PREFIX_LENGTH,
      fuzzy: (term) => term.length >= MIN_FUZZY_LENGTH && 0.15,
      boost: { title: 3 },
      ...(topic === undefined ? {} : { filter: (hit) => hit.topic === topic }),
    })
    return hits.slice(0, limit).flatMap(({ id }) => sections.get(String(id)) ?? [])
  }
}

/** The different words of a query. The work of a search grows with each of them. */
function termsOf(query: string): string[] {
  const tokenize: (text: string) => string[] = MiniSearch.getDefault('tokenize')
  const words = tokenize(query.toLowerCase())
  const terms = words.filter((word) => word.length >= MIN_TERM_LENGTH)
  return [...new Set(terms)].slice(0, MAX_TERMS)
}
