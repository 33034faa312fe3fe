import { parentPort, workerData } from 'node:worker_threads'
import { createSearchIndex, type SearchQuery } from './search-index.js'

// The search thread waits for one message that says that the index is ready, then for one answer to each query.
const search = createSearchIndex(workerData)
parentPort?.on('message', (query: SearchQuery) => parentPort?.postMessage(search(query)))
parentPort?.postMessage('ready')
