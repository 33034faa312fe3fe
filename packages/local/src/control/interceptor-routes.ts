import { json, Router } from 'express'
import { z } from 'zod'
import { describeProblems } from '../domain/describe-problems.js'
import { TRIGGER_POINTS } from '../domain/events/flow-interceptor.js'
import { LocalError } from '../storage/local-error.js'
import type { ControlContext } from './control-context.js'
import { refuseUnknownEnvironment } from './refuse-unknown-environment.js'

const InterceptorRequest = z.strictObject({
  environment: z.string(),
  trigger_point: z.enum(TRIGGER_POINTS),
  api_url: z.url({ protocol: /^https?$/ }).max(6000),
  display_name: z.string().min(1).max(255).default('Interceptor'),
  timeout_ms: z.number().int().min(100).max(30_000).default(3000),
  failure_policy: z.enum(['FAIL_OPEN', 'FAIL_CLOSED']).default('FAIL_CLOSED'),
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/, 'whsec_ and base64')
    .optional()
    .describe('Default: a new one.'),
})

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
