import { json, Router } from 'express'
import { z } from 'zod'
import { describeProblems } from '../domain/describe-problems.js'
import { changeUserManagement, userManagement } from '../domain/environments/user-management.js'
import { LocalError } from '../storage/local-error.js'
import type { ControlContext } from './control-context.js'
import { orNotFound } from './or-not-found.js'

const Changes = z.strictObject({
  block_disposable_email_domains: z.boolean().optional(),
  block_public_email_domains: z.boolean().optional(),
})

/** Who may sign up and be invited: what the hosted service has in its dashboard, under the settings of users. */
export function userManagementRoutes({ database, clock }: ControlContext): Router {
  const router = Router()
  router.get('/:environment', async ({ params }, response) => {
    response.json(await orNotFound(userManagement(database.db, params.environment)))
  })
  router.patch('/:environment', json(), async (request, response) => {
    const parsed = Changes.safeParse(request.body ?? {})
    if (!parsed.success) throw new LocalError('request_invalid', describeProblems(parsed.error))
    const changes = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined))
    const changed = changeUserManagement(database, request.params.environment, changes, clock.now())
    response.json(await orNotFound(changed))
  })
  return router
}
