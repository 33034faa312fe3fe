import { Router } from 'express'
import type { Snapshots } from './snapshots.js'

/** Named copies of all data: save one, try something, go back. */
export function snapshotRoutes(snapshots: Snapshots): Router {
  const router = Router()
  router.get('/', async (_request, response) => {
    response.json({ snapshots: await snapshots.list() })
  })
  router.post('/:name', async (request, response) => {
    await snapshots.save(request.params.name)
    response.json({ status: 'saved' })
  })
  router.put('/:name/restore', async (request, response) => {
    await snapshots.restore(request.params.name)
    response.json({ status: 'restored' })
  })
  router.delete('/:name', async (request, response) => {
    await snapshots.remove(request.params.name)
    response.json({ status: 'deleted' })
  })
  return router
}
