import type { ServerUnderTest } from './server-under-test.js'

/** What tests change in the state of the local environment. */
export interface LocalState {
  environments: {
    display_name: string
    organizations: { id: string; display_name: string; external_id?: string }[]
    directories: { id: string; secrets: unknown[] }[]
    directory_groups: unknown[]
    directory_users: unknown[]
    domains: unknown[]
    users: unknown[]
  }[]
}

/** Changes what the local environment holds, for what comes into it in no other way, like users over SCIM. */
export async function changeState(
  server: ServerUnderTest,
  change: (state: LocalState) => void,
): Promise<void> {
  const headers = { 'x-scalekit-local': '1', 'content-type': 'application/json' }
  const url = `${server.local.url}/__local/state`
  const state = (await (await fetch(url, { headers })).json()) as LocalState
  change(state)
  const put = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(state) })
  if (!put.ok) throw new Error(`PUT state: ${put.status} ${await put.text()}`)
}
