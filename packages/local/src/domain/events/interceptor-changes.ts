import { z } from 'zod'
import { notFound } from '../domain-error.js'
import { type FlowInterceptor, type FlowInterceptors, TRIGGER_POINTS } from './flow-interceptor.js'
import { ApplicationUrl, parsed, SigningSecret } from './webhook-changes.js'

/** What is asked for to register an interceptor. */
export const InterceptorRequest = z.strictObject({
  environment: z.string(),
  trigger_point: z.enum(TRIGGER_POINTS),
  api_url: z.string().max(6000).pipe(ApplicationUrl),
  display_name: z.string().min(1).max(255).default('Interceptor'),
  timeout_ms: z.number().int().min(100).max(30_000).default(3000),
  failure_policy: z.enum(['FAIL_OPEN', 'FAIL_CLOSED']).default('FAIL_CLOSED'),
  secret: SigningSecret,
})
const InterceptorChange = InterceptorRequest.omit({ environment: true, secret: true })

/** @throws {DomainError} `invalid` */
export function addInterceptor(interceptors: FlowInterceptors, request: unknown): Promise<FlowInterceptor> {
  return interceptors.add(parsed(InterceptorRequest, request))
}

/** @throws {DomainError} `invalid`, `not_found` */
export async function changeInterceptor(
  interceptors: FlowInterceptors,
  id: string,
  change: object,
): Promise<void> {
  const settings = parsed(InterceptorChange, change)
  if (!(await interceptors.change(id, settings))) throw notFound(`There is no interceptor ${id}`)
}
