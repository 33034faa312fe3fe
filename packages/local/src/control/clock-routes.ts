import { json, Router } from 'express'
import { z } from 'zod'
import { describeProblems } from '../domain/describe-problems.js'
import type { MovableClock } from '../storage/clock.js'
import { LocalError } from '../storage/local-error.js'

/** As far as a date can be from another. */
const CENTURY_SECONDS = 100 * 365 * 24 * 3600

const ClockRequest = z
  .strictObject({
    advance: z.number().min(-CENTURY_SECONDS).max(CENTURY_SECONDS).optional().describe('Seconds.'),
    set: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(({ advance, set }) => (advance === undefined) !== (set === undefined), {
    error: 'send either advance (seconds) or set (a time in ISO 8601)',
  })

/** The one clock of everything that expires here: codes, tokens, links, sessions. It goes on from where it is put. */
export function clockRoutes(clock: MovableClock): Router {
  const router = Router()
  router.get('/', (_request, response) => {
    response.json({ now: new Date(clock.now()).toISOString() })
  })
  router.post('/', json(), (request, response) => {
    const parsed = ClockRequest.safeParse(request.body ?? {})
    if (!parsed.success) throw new LocalError('request_invalid', describeProblems(parsed.error))
    const { advance, set } = parsed.data
    if (set !== undefined) clock.set(Date.parse(set))
    else clock.advance(Math.round((advance ?? 0) * 1000))
    response.json({ now: new Date(clock.now()).toISOString() })
  })
  router.delete('/', (_request, response) => {
    clock.restore()
    response.json({ now: new Date(clock.now()).toISOString() })
  })
  return router
}
