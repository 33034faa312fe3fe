import { z } from 'zod'
import { describeIssue, describeProblems } from '../describe-problems.js'
import { invalid, notFound } from '../domain-error.js'
import type { WebhookEndpoint, Webhooks } from './webhooks.js'

/** `whsec_…`, which receivers check signatures with. */
export const SigningSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/, 'must be whsec_ and at least 16 characters of base64')
  .optional()
  .describe('Default: a new one.')

/** A URL of an application. A request to one with credentials cannot be made. */
export const ApplicationUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '', {
    error: 'leave out the user name and password: nothing is sent to a URL with them',
  })

/** What is asked for to register an endpoint. */
export const EndpointRequest = z.strictObject({
  environment: z.string(),
  url: ApplicationUrl,
  secret: SigningSecret,
})
const EndpointChange = EndpointRequest.pick({ url: true })

/** @throws {DomainError} `invalid` */
export function addWebhookEndpoint(webhooks: Webhooks, request: unknown): Promise<WebhookEndpoint> {
  const { environment, url, secret } = parsed(EndpointRequest, request)
  return webhooks.addEndpoint(environment, url, secret)
}

/** @throws {DomainError} `invalid`, `not_found` */
export async function changeWebhookEndpoint(webhooks: Webhooks, id: string, change: object): Promise<void> {
  const { url } = parsed(EndpointChange, change)
  if (!(await webhooks.changeEndpoint(id, url))) throw notFound(`There is no webhook endpoint ${id}`)
}

/** Reads a request. @throws {DomainError} `invalid` with one violation per field */
export function parsed<Output>(schema: z.ZodType<Output>, request: unknown): Output {
  const read = schema.safeParse(request)
  if (read.success) return read.data
  const violations = read.error.issues.map((issue) => ({
    field: z.core.toDotPath(issue.path),
    description: describeIssue(issue),
  }))
  throw invalid(describeProblems(read.error), violations)
}
