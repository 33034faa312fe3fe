import { z } from 'zod'
import { describeProblems } from '../domain/describe-problems.js'
import { LocalError } from '../storage/local-error.js'

/** Longer than any client waits. */
const LONGEST_WAIT_MS = 120_000

const Match = z
  .strictObject({
    method: z.string().toUpperCase().optional().describe('The HTTP method.'),
    path: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The start of the path, with or without the realm; or the name of an RPC, whatever the protocol.',
      ),
    realm: z.string().optional().describe('The id of an environment, or `workspace`.'),
  })
  .describe('Which requests it is for; without it, every one.')

const FaultRequest = z
  .strictObject({
    match: Match.default({}),
    status: z
      .int()
      .min(200)
      .max(599)
      .optional()
      .describe('Answers this status; without a body, with the error that the protocol has for it.'),
    body: z.string().optional().describe('Answers this text as it is; the status is 200 if none is given.'),
    content_type: z.string().optional().describe('What the body says it is. Default: application/json.'),
    location: z.string().optional().describe('Where a redirect leads; the status is 302 if none is given.'),
    retry_after: z.int().min(0).optional().describe('Seconds, as the header Retry-After.'),
    latency_ms: z.int().min(1).max(LONGEST_WAIT_MS).optional().describe('Waits so long first.'),
    drop: z.enum(['before', 'after']).optional().describe('Resets the connection before or after the work.'),
    truncate: z.literal(true).optional().describe('Does the work, and sends the first half of the answer.'),
    times: z.int().min(0).default(1).describe('For so many requests; 0 until it is deleted.'),
  })
  .refine((fault) => kinds(fault) <= 1, {
    error: 'choose one of: an answer (status, body, location), drop, truncate',
  })
  .refine((fault) => kinds(fault) === 1 || fault.latency_ms !== undefined, {
    error: 'say what goes wrong: status, body, location, drop, truncate or latency_ms',
  })

/** Something that goes wrong on purpose. */
export type Fault = z.output<typeof FaultRequest>

/** Reads a fault from a request. Throws a `LocalError` (`request_invalid`) that says what to send. */
export function parseFault(body: unknown): Fault {
  const parsed = FaultRequest.safeParse(body)
  if (parsed.success) return parsed.data
  throw new LocalError('request_invalid', describeProblems(parsed.error))
}

/** Whether it answers in the place of the work. */
export function isAnswer({ status, body, location }: Kinds): boolean {
  return status !== undefined || body !== undefined || location !== undefined
}

interface Kinds {
  status?: number | undefined
  body?: string | undefined
  location?: string | undefined
  drop?: string | undefined
  truncate?: boolean | undefined
}

function kinds(fault: Kinds): number {
  return [isAnswer(fault), fault.drop !== undefined, fault.truncate === true].filter(Boolean).length
}
