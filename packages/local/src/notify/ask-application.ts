import { z } from 'zod'
import type { FlowInterceptor, Question, Verdict } from '../domain/events/flow-interceptor.js'
import { limitedText } from '../http/limited-text.js'
import { newId } from '../storage/ids.js'
import { signedHeaders } from './sign-webhook.js'

const LIMIT_BYTES = 64 * 1024

/**
 * Source: the message InterceptorResponse of Scalekit's API, and its reference of interceptors for `response`. A denial
 * is one whatever its error looks like.
 */
const Answer = z.object({
  decision: z.enum(['ALLOW', 'DENY']),
  error: z
    .object({ code: z.string().min(1).max(50).optional(), message: z.string().min(1).max(500).optional() })
    .optional()
    .catch(undefined),
  response: z
    .object({
      claims: z.record(z.string(), z.unknown()).optional(),
      create_organization_membership: z
        .object({
          organization_id: z.string().optional(),
          external_organization_id: z.string().optional(),
          roles: z.array(z.string()).default([]),
        })
        .optional(),
    })
    .optional(),
})

/** Asks one application, signed, and takes its failure policy for an answer when it gives none. */
export async function askApplication(
  interceptor: FlowInterceptor,
  { environment, trigger, about, data }: Question,
  now: number,
): Promise<{ verdict: Verdict; answered: boolean }> {
  const payload = JSON.stringify({
    display_name: interceptor.display_name,
    trigger_point: trigger,
    interceptor_context: {
      ...{ environment_id: environment, triggered_at: new Date(now).toISOString() },
      ...about,
    },
    data,
  })
  try {
    return { verdict: verdictOf(Answer.parse(await post(interceptor, payload))), answered: true }
  } catch {
    // No answer in time, another status than 2xx, or no decision in it. The list of decisions says so.
    return { verdict: verdictWithout(interceptor), answered: false }
  }
}

async function post({ api_url, timeout_ms, secret }: FlowInterceptor, payload: string): Promise<unknown> {
  const response = await fetch(api_url, {
    method: 'POST',
    // The application compares the time with its own clock, which nobody here has moved.
    headers: signedHeaders('interceptor', secret, newId('evt'), Math.floor(Date.now() / 1000), payload),
    body: payload,
    redirect: 'error',
    signal: AbortSignal.timeout(timeout_ms),
  })
  const text = await limitedText(response, LIMIT_BYTES)
  if (!response.ok) throw new Error(`the application answered HTTP ${response.status}`)
  return JSON.parse(text)
}

function verdictOf({ decision, error, response }: z.infer<typeof Answer>): Verdict {
  if (decision === 'ALLOW')
    return {
      allowed: true,
      claims: response?.claims ?? {},
      placement: response?.create_organization_membership,
    }
  const { code = 'denied', message = 'The application does not allow this.' } = error ?? {}
  return { allowed: false, code, message }
}

function verdictWithout({ failure_policy }: FlowInterceptor): Verdict {
  if (failure_policy === 'FAIL_OPEN') return { allowed: true, claims: {} }
  return {
    allowed: false,
    code: 'interceptor_failed',
    message: 'The application that decides this did not answer. Try again later.',
  }
}
