import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { json, Router, text } from 'express'

const YAML = ['application/yaml', 'application/x-yaml', 'text/yaml']
const LIMIT = '64mb'

/** All data as a seed. */
export interface State {
  read(form: 'json' | 'yaml'): Promise<AsyncIterable<string>>
  /** @param seed what JSON says, or the text of YAML. Throws a `LocalError` (`seed_invalid`) */
  replace(seed: unknown): Promise<void>
}

/** The whole state as a seed: read it, or replace it. */
export function stateRoutes(state: State): Router {
  const router = Router()
  router.get('/', async (request, response) => {
    const isJson = request.accepts(['json', ...YAML]) === 'json'
    const seed = await state.read(isJson ? 'json' : 'yaml')
    response.type(isJson ? 'application/json' : 'application/yaml')
    await pipeline(Readable.from(seed), response)
  })
  router.put('/', json({ limit: LIMIT }), text({ type: YAML, limit: LIMIT }), async (request, response) => {
    await state.replace(request.body)
    response.json({ status: 'imported' })
  })
  return router
}
