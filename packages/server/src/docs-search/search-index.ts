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
/** Every question has them; the rare section that has them too would come first. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `about all an and any are as at be but by can could did do does don each for from get had has have how in into is it its let
  many me much my need no not of on or our out own please should so some tell than that the their them then there these they this
  those to up us was we were what when where which who why will with would you your`.split(/\s+/),
)

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

/** The different words of a query that say what it is about. The work of a search grows with each of them. */
function termsOf(query: string): string[] {
  const tokenize: (text: string) => string[] = MiniSearch.getDefault('tokenize')
  const words = tokenize(query.toLowerCase()).filter((word) => word.length >= MIN_TERM_LENGTH)
  const terms = words.filter((word) => !STOP_WORDS.has(word))
  return [...new Set(terms.length > 0 ? terms : words)].slice(0, MAX_TERMS)
}
