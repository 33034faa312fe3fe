import { Scalekit } from '@scalekit-sdk/node'
import { expect } from 'vitest'
import type { LocalScalekit } from '../../src/index.js'

export const DEV = 'env_100000000000000001'
export const ACME = 'org_100000000000000001'
const CLIENT = 'skc_100000000000000001'

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

export interface Resource {
  id: string
  [name: string]: unknown
}

/** A SCIM directory of Acme that is enabled, what its client can do, and the API of the environment. */
export async function openDirectory(local: Pick<LocalScalekit, 'url'>, provider = 'OKTA') {
  const sdk = new Scalekit(`${local.url}/${DEV}`, CLIENT, 'test_local_secret')
  const api = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${local.url}/${DEV}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${await sdk.generateClientToken(CLIENT, 'test_local_secret')}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    expect(response.status, text).toBeLessThan(300)
    return JSON.parse(text)
  }
  const directories = `/organizations/${ACME}/directories`
  const { directory } = await api('POST', directories, {
    directory_type: 'SCIM',
    directory_provider: provider,
  })
  const endpoint: string = directory.directory_endpoint
  const secret: string = (await api('POST', `${directories}/${directory.id}/secrets`)).plain_secret
  await api('PATCH', `${directories}/${directory.id}:enable`)

  const scim = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(endpoint + path, {
      method,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: (text === '' ? {} : JSON.parse(text)) as Resource & {
        Resources: Resource[]
        totalResults: number
      },
    }
  }
  const change = (path: string, ...Operations: unknown[]) =>
    scim('PATCH', path, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })
  /** Groups stand for these roles from now on, and for no others. */
  const assignRoles = (assignments: readonly { group_id: string; role_name: string }[]) =>
    api('PUT', `${directories}/${directory.id}/groups/-/roles:assign`, { assignments })
  return { assignRoles, id: String(directory.id), directories, endpoint, sdk, api, scim, change }
}

export type OpenDirectory = Awaited<ReturnType<typeof openDirectory>>
