import { Router } from 'express'
import type { Outbox } from '../domain/events/outbox.js'

/** The messages that were sent, with the codes and links in them. */
export function outboxRoutes(outbox: Outbox): Router {
  const router = Router()
  router.get('/', async (request, response) => {
    const { to } = request.query
    const messages = (await outbox.list()).filter((message) => to === undefined || message.to === to)
    response.json({ messages })
  })
  router.delete('/', async (_request, response) => {
    await outbox.clear()
    response.json({ status: 'deleted' })
  })
  return router
}
