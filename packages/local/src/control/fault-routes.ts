import { json, Router } from 'express'
import { LocalError } from '../storage/local-error.js'
import { parseFault } from './fault.js'
import type { Faults } from './faults.js'

/** What is to go wrong, and for which requests. */
export function faultRoutes(faults: Faults): Router {
  const router = Router()
  router.post('/', json(), (request, response) => {
    const { id } = faults.add(parseFault(request.body ?? {}))
    response.json({ id })
  })
  router.get('/', (_request, response) => {
    response.json({ faults: faults.list() })
  })
  router.delete('/', (_request, response) => {
    faults.clear()
    response.json({ status: 'deleted' })
  })
  router.delete('/:id', (request, response) => {
    const { id } = request.params
    if (!faults.remove(id))
      throw new LocalError('not_found', `There is no fault ${id}. It may have been used up.`)
    response.json({ status: 'deleted' })
  })
  return router
}
