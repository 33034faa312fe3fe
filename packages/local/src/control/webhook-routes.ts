import { json, Router } from 'express'
import { describeProblems } from '../domain/describe-problems.js'
import { EndpointRequest } from '../domain/events/webhook-changes.js'
import { LocalError } from '../storage/local-error.js'
import type { ControlContext } from './control-context.js'
import { refuseUnknownEnvironment } from './refuse-unknown-environment.js'

/** Where an application receives its webhooks, and how their delivery went. */
export function webhookRoutes({ webhooks, database }: ControlContext): Router {
  const router = Router()
  router.post('/', json(), async (request, response) => {
    const parsed = EndpointRequest.safeParse(request.body ?? {})
    if (!parsed.success) throw new LocalError('request_invalid', describeProblems(parsed.error))
    const { environment, url, secret } = parsed.data
    await refuseUnknownEnvironment(database.db, environment)
    const { id, secret: used } = await webhooks.addEndpoint(environment, url, secret)
    response.json({ id, secret: used })
  })
  router.get('/', async (_request, response) => {
    const endpoints = (await webhooks.endpoints()).map(({ secret: _, ...endpoint }) => endpoint)
    response.json({ endpoints, deliveries: webhooks.deliveries() })
  })
  router.delete('/:id', async (request, response) => {
    const { id } = request.params
    if (!(await webhooks.removeEndpoint(id)))
      throw new LocalError('not_found', `There is no webhook endpoint ${id}.`)
    response.json({ status: 'deleted' })
  })
  router.post('/events/:id/replay', async (request, response) => {
    const { id } = request.params
    if (!(await webhooks.replay(id))) throw new LocalError('not_found', `There is no event ${id}.`)
    response.json({ status: 'sent' })
  })
  return router
}
