import { z } from 'zod'
import type { LoggedRequest } from '../http/request-log.js'

const text = z.string().max(200).catch('')

/** Which requests a page shows: everything that is not empty has to fit. */
export const RequestFilter = z.object({
  path: text.default(''),
  method: text.default(''),
  /** The first digit of the status. */
  status: text.default(''),
  realm: text.default(''),
})
export type RequestFilter = z.infer<typeof RequestFilter>

/** Whether a request is one of those. */
export function fits({ path, method, status, realm }: RequestFilter, request: LoggedRequest): boolean {
  return (
    request.path.toLowerCase().includes(path.toLowerCase()) &&
    (method === '' || request.method === method) &&
    (status === '' || String(request.status).startsWith(status)) &&
    (realm === '' || request.realm === realm)
  )
}
