import { create } from '@bufbuild/protobuf'
import { connections as connectionMessages, directories as directoryMessages } from '@scalekit-mcp/api'
import { ACME, DEV, GLOBEX, type Local } from '../local.js'
import type { SdkRecorder } from './recorder.js'

const NOBODY = 'org_999999999999999999'

const okta = create(connectionMessages.CreateConnectionSchema, { provider: 1, type: 1 })
const scim = create(directoryMessages.CreateDirectorySchema, { directoryType: 1 })

/** `sdk.connection` */
export async function connections(recorder: SdkRecorder, local: Local): Promise<void> {
  const { sdk, barred, refused } = recorder
  const api = sdk.connection
  const made = await api.createConnection(ACME, okta)
  await refused('NOT_FOUND', () => api.createConnection(NOBODY, okta))
  const id = made.connection?.id ?? ''
  const nothing = 'conn_999999999999999999'
  await api.getConnection(ACME, id)
  await refused('NOT_FOUND', () => api.getConnection(ACME, nothing))
  await api.listConnections(ACME)
  await refused('NOT_FOUND', () => api.listConnections(NOBODY))
  await api.listConnectionsByDomain('acme.example')
  await refused('PERMISSION_DENIED', () => barred.connection.listConnectionsByDomain('acme.example'))
  await api.listAppConnections()
  await refused('INVALID_ARGUMENT', () => api.listAppConnections({ pageToken: 'not a token' }))
  await refused('FAILED_PRECONDITION', () => api.enableConnection(ACME, id))
  const oidc_config = { issuer: 'https://idp.example', client_id: 'us', client_secret: 'theirs' }
  await local.rest('PATCH', `/api/v1/organizations/${ACME}/connections/${id}`, {
    token: await local.client(DEV),
    body: { provider: 'OKTA', oidc_config },
  })
  await api.enableConnection(ACME, id)
  await api.disableConnection(ACME, id)
  await refused('NOT_FOUND', () => api.disableConnection(ACME, nothing))
  await api.deleteConnection(ACME, id)
  await refused('NOT_FOUND', () => api.deleteConnection(ACME, id))
}

/** `sdk.domain` */
export async function domains({ sdk, refused }: SdkRecorder): Promise<void> {
  const api = sdk.domain
  const { domain } = await api.createDomain(ACME, 'new.example')
  await refused('ALREADY_EXISTS', () => api.createDomain(GLOBEX, 'new.example'))
  const id = domain?.id ?? ''
  await api.getDomain(ACME, id)
  await refused('NOT_FOUND', () => api.getDomain(GLOBEX, id))
  await api.listDomains(ACME)
  await refused('NOT_FOUND', () => api.listDomains(NOBODY))
  await api.deleteDomain(ACME, id)
  await refused('NOT_FOUND', () => api.deleteDomain(ACME, id))
}

/** `sdk.directory` */
export async function directories({ sdk, refused }: SdkRecorder, local: Local): Promise<void> {
  const api = sdk.directory
  const seeded = 'dir_100000000000000001'
  const nothing = 'dir_999999999999999999'
  const { directory } = await api.createDirectory(GLOBEX, scim)
  await refused('NOT_FOUND', () => api.createDirectory(NOBODY, scim))
  const id = directory?.id ?? ''
  await api.getDirectory(ACME, seeded)
  await refused('NOT_FOUND', () => api.getDirectory(GLOBEX, seeded))
  await api.listDirectories(ACME)
  await refused('NOT_FOUND', () => api.listDirectories(NOBODY))
  await api.getPrimaryDirectoryByOrganizationId(ACME)
  await refused('NOT_FOUND', () => api.getPrimaryDirectoryByOrganizationId(NOBODY))
  await api.listDirectoryUsers(ACME, seeded)
  await refused('NOT_FOUND', () => api.listDirectoryUsers(ACME, nothing))
  await api.listDirectoryGroups(ACME, seeded)
  await refused('NOT_FOUND', () => api.listDirectoryGroups(ACME, nothing))
  await local.rest('POST', `/api/v1/organizations/${ACME}/directories/${seeded}/secrets`, {
    token: await local.client(DEV),
    body: {},
  })
  await api.enableDirectory(ACME, seeded)
  await refused('NOT_FOUND', () => api.enableDirectory(ACME, nothing))
  await api.disableDirectory(ACME, seeded)
  await refused('NOT_FOUND', () => api.disableDirectory(ACME, nothing))
  await api.deleteDirectory(GLOBEX, id)
  await refused('NOT_FOUND', () => api.deleteDirectory(GLOBEX, id))
}
