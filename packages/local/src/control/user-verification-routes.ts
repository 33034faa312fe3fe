import { json, Router } from 'express'
import { z } from 'zod'
import { describeProblems } from '../domain/describe-problems.js'
import {
  changeUserVerification,
  UserVerification,
  userVerification,
} from '../domain/environments/user-verification.js'
import { LocalError } from '../storage/local-error.js'
import type { ControlContext } from './control-context.js'
import { orNotFound } from './or-not-found.js'

const Settings = z.strictObject({ mode: UserVerification })

/** Who verifies the users of connected accounts: what the hosted service has in its dashboard, under User Verification. */
export function userVerificationRoutes({ database, clock }: ControlContext): Router {
  const router = Router()
  router.get('/:environment', async ({ params }, response) => {
    response.json({ mode: await orNotFound(userVerification(database.db, params.environment)) })
  })
  router.put('/:environment', json(), async (request, response) => {
    const parsed = Settings.safeParse(request.body ?? {})
    if (!parsed.success) throw new LocalError('request_invalid', describeProblems(parsed.error))
    const { mode } = parsed.data
    await orNotFound(changeUserVerification(database, request.params.environment, mode, clock.now()))
    response.json({ mode })
  })
  return router
}
