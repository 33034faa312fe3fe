import { type Request, Router } from 'express'
import { LocalError } from '../storage/local-error.js'
import type { Snapshots } from './snapshots.js'

/** Named copies of all data: save one, try something, go back. */
export function snapshotRoutes(snapshots: Snapshots): Router {
  const router = Router()
  router.get('/', async (_request, response) => {
    response.json({ snapshots: await snapshots.list() })
  })
  router.post('/:name', async (request, response) => {
    await snapshots.save(nameOf(request))
    response.json({ status: 'saved' })
  })
  router.put('/:name/restore', async (request, response) => {
    await snapshots.restore(nameOf(request))
    response.json({ status: 'restored' })
  })
  router.delete('/:name', async (request, response) => {
    await snapshots.remove(nameOf(request))
    response.json({ status: 'deleted' })
  })
  return router
}

function nameOf({ params: { name } }: Request<{ name: string }>): string {
  if (/^[\w.-]{1,64}$/.test(name)) return name
  throw new LocalError('request_invalid', 'The name of a snapshot has up to 64 letters, digits, _, . and -.')
}
