import { json, Router } from 'express'
import { describeProblems } from '../domain/describe-problems.js'
import { InterceptorRequest } from '../domain/events/interceptor-changes.js'
import { LocalError } from '../storage/local-error.js'
import type { ControlContext } from './control-context.js'
import { refuseUnknownEnvironment } from './refuse-unknown-environment.js'

/** Who decides whether sign-ups, sign-ins, invitations and tokens of machines go on, and how they decided. */
export function interceptorRoutes({ interceptors, database }: ControlContext): Router {
  const router = Router()
  router.post('/', json(), async (request, response) => {
    const parsed = InterceptorRequest.safeParse(request.body ?? {})
    if (!parsed.success) throw new LocalError('request_invalid', describeProblems(parsed.error))
    await refuseUnknownEnvironment(database.db, parsed.data.environment)
    const { id, secret } = await interceptors.add(parsed.data)
    response.json({ id, secret })
  })
  router.get('/', async (_request, response) => {
    const listed = (await interceptors.list()).map(({ secret: _, ...interceptor }) => interceptor)
    response.json({ interceptors: listed, decisions: interceptors.decisions() })
  })
  router.delete('/:id', async (request, response) => {
    const { id } = request.params
    if (!(await interceptors.remove(id))) throw new LocalError('not_found', `There is no interceptor ${id}.`)
    response.json({ status: 'deleted' })
  })
  return router
}
