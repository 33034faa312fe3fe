import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { json, Router, text } from 'express'
import type { Clock } from '../storage/clock.js'
import type { Database } from '../storage/database.js'
import { exportSeed } from '../seed/export.js'
import { checkSeed, parseSeed } from '../seed/read-seed.js'
import { resetTo } from '../seed/reset.js'
import { writeJson, writeYaml } from '../seed/write-seed.js'

const YAML = ['application/yaml', 'application/x-yaml', 'text/yaml']
const LIMIT = '64mb'

/** The whole state as a seed: read it, or replace it. */
export function stateRoutes(database: Database, clock: Clock): Router {
  const router = Router()
  router.get('/', async (request, response) => {
    const isJson = request.accepts(['json', ...YAML]) === 'json'
    const seed = await exportSeed(database)
    response.type(isJson ? 'application/json' : 'application/yaml')
    await pipeline(Readable.from((isJson ? writeJson : writeYaml)(seed)), response)
  })
  router.put('/', json({ limit: LIMIT }), text({ type: YAML, limit: LIMIT }), async (request, response) => {
    const { body } = request
    const state = typeof body === 'string' ? parseSeed(body, 'The state') : checkSeed(body, 'The state')
    await resetTo(database, state, clock)
    response.json({ status: 'imported' })
  })
  return router
}
