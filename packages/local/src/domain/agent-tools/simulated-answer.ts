import { z } from 'zod'
import type { Tool } from './connector.js'
import { fillAnswer } from './fill-answer.js'

/** A call as a provider gets it. */
export const SimulatedCall = z.object({
  params: z.record(z.string(), z.json()).default({}),
  identifier: z.string().default(''),
  connected_account_id: z.string().default(''),
})
export type SimulatedCall = z.infer<typeof SimulatedCall>

const FailureAnswer = z.strictObject({
  error: z.object({
    status: z.int().min(400).max(599).default(500),
    code: z.string().optional(),
    message: z.string().default('The provider failed.'),
  }),
})

/** What the simulated provider answers: the template of the tool with the values of the call, or the failure that it has. */
export function simulatedAnswer(
  { answer = { ok: true, params: '{{params}}' } }: Tool,
  call: SimulatedCall,
  now: number,
): { status: number; body: unknown } {
  const body = fillAnswer(answer, { ...call, now: new Date(now).toISOString() })
  const failure = FailureAnswer.safeParse(body)
  if (!failure.success) return { status: 200, body }
  const { status, ...error } = failure.data.error
  return { status, body: { error } }
}
