import type { Local } from '../local.js'

/** Calls the control of a local environment, as a tool does. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects to be there
export async function control(local: Local, method: string, path: string, body?: unknown): Promise<any> {
  const response = await fetch(`${local.url}/__local${path}`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return response.json()
}

/** How often a path was requested. */
export async function requestsOf(local: Local, path: string): Promise<number> {
  const { requests } = await control(local, 'GET', '/requests')
  return requests.filter((one: { path: string }) => one.path === path).length
}
