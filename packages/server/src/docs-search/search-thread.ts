import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { ToolError } from '../errors.js'
import type { SearchQuery, SourceDocument } from './search-index.js'
import type { Section } from './sections.js'

const MAX_INDEX_MS = 30_000
const MAX_SEARCH_MS = 2_000
const MAX_WAITING = 100
const MAX_MEMORY_MB = 512
const SIMPLER = 'Call again with fewer words, or with a topic.'

/**
 * Indexes and searches the documentation in a thread of its own, because both are synchronous work over third-party
 * text and callers' words. Requests are processed one at a time. A request that exceeds its time limit or the memory
 * limit ends the thread; the next search starts a new one.
 */
export class SearchThread {
  #documents: readonly SourceDocument[] = []
  #worker: Worker | undefined
  #previous: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Replaces the documents. They are indexed by the next search. */
  load(documents: readonly SourceDocument[]): void {
    this.#documents = documents
    this.#previous = this.#previous.then(() => this.#end())
  }

  /** @throws ToolError `rate_limited`, `upstream_timeout` or `upstream_unavailable` */
  search(query: SearchQuery): Promise<Section[]> {
    if (this.#waiting >= MAX_WAITING) {
      throw new ToolError('rate_limited', 'Too many searches are waiting.', {
        nextStep: 'Wait 5 seconds, then call again.',
      })
    }
    this.#waiting++
    const found = this.#previous.then(async () => {
      const worker = this.#worker ?? (await this.#start())
      return this.#answer<Section[]>(worker, MAX_SEARCH_MS, query)
    })
    this.#previous = found.then(
      () => this.#waiting--,
      () => this.#waiting--,
    )
    return found
  }

  async close(): Promise<void> {
    await this.#end()
  }

  async #start(): Promise<Worker> {
    const worker = new Worker(new URL('./search-worker.js', import.meta.url), {
      workerData: this.#documents,
      resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
    })
    worker.unref()
    worker.on('error', () => {
      if (this.#worker === worker) this.#worker = undefined
    })
    this.#worker = worker
    await this.#answer(worker, MAX_INDEX_MS)
    return worker
  }

  async #answer<Answer>(worker: Worker, limitMs: number, query?: SearchQuery): Promise<Answer> {
    try {
      const answered = once(worker, 'message', { signal: AbortSignal.timeout(limitMs) })
      if (query) worker.postMessage(query)
      const [answer] = await answered
      return answer
    } catch (cause) {
      await this.#end()
      throw isLimit(cause)
        ? new ToolError('upstream_timeout', 'The search took too much time or memory.', {
            nextStep: SIMPLER,
            cause,
          })
        : new ToolError('upstream_unavailable', 'The documentation cannot be searched at the moment.', {
            cause,
          })
    }
  }

  async #end(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }
}

/** The limit of time, or that of memory (`resourceLimits`). */
function isLimit(cause: unknown): boolean {
  const { name, code } = Object(cause) as { name?: unknown; code?: unknown }
  return name === 'AbortError' || code === 'ERR_WORKER_OUT_OF_MEMORY'
}
