import { ACME, DEV, GLOBEX, type Local } from '../local.js'
import type { RestApi } from './rest-api.js'

const nobody = { organization_id: 'org_999999999999999999' }
const organization_id = ACME

/** Connections for single sign-on, and domains. */
export async function connections({ ok, fails }: RestApi, local: Local): Promise<void> {
  const seeded = { organization_id, id: 'conn_100000000000000002' }
  const nothing = { organization_id, id: 'conn_999999999999999999' }
  await ok('ConnectionService.GetConnection', seeded)
  await fails('NOT_FOUND', 'ConnectionService.GetConnection', nothing)
  await ok('ConnectionService.ListConnections', { organization_id })
  await fails('NOT_FOUND', 'ConnectionService.ListConnections', nobody)
  await fails('FAILED_PRECONDITION', 'ConnectionService.EnableConnection', seeded)
  // Configuring a connection is not a documented operation.
  await local.rest('PATCH', `/api/v1/organizations/${ACME}/connections/${seeded.id}`, {
    token: await local.client(DEV),
    body: {
      provider: 'OKTA',
      oidc_config: { issuer: 'https://idp.example', client_id: 'us', client_secret: 'theirs' },
    },
  })
  await ok('ConnectionService.EnableConnection', seeded)
  await ok('ConnectionService.DisableConnection', seeded)
  await fails('NOT_FOUND', 'ConnectionService.DisableConnection', nothing)
  await ok('ConnectionService.DeleteConnection', seeded)
  await fails('NOT_FOUND', 'ConnectionService.DeleteConnection', seeded)

  const made = await ok('DomainService.CreateDomain', { organization_id, domain: { domain: 'new.example' } })
  await fails('ALREADY_EXISTS', 'DomainService.CreateDomain', {
    organization_id: GLOBEX,
    domain: { domain: 'new.example' },
  })
  const { id } = made.domain
  await ok('DomainService.GetDomain', { organization_id, id })
  await fails('NOT_FOUND', 'DomainService.GetDomain', { organization_id: GLOBEX, id })
  await ok('DomainService.ListDomains', { organization_id })
  await fails('NOT_FOUND', 'DomainService.ListDomains', nobody)
  await ok('DomainService.DeleteDomain', { organization_id, id })
  await fails('NOT_FOUND', 'DomainService.DeleteDomain', { organization_id, id })
}

/** Directories, with people whom SCIM brought. */
export async function directories({ ok, fails }: RestApi, local: Local): Promise<void> {
  const id = 'dir_100000000000000001'
  const nothing = 'dir_999999999999999999'
  const token = await local.client(DEV)
  const secret = await local.rest('POST', `/api/v1/organizations/${ACME}/directories/${id}/secrets`, {
    token,
    body: {},
  })
  await ok('DirectoryService.EnableDirectory', { organization_id, id })
  await fails('NOT_FOUND', 'DirectoryService.EnableDirectory', { organization_id, id: nothing })
  const scim = (kind: string, body: object) =>
    local.rest('POST', `/${DEV}/directories/${id}/scim/v2/${kind}`, {
      token: `Bearer ${secret.body.plain_secret}`,
      body,
      headers: { 'content-type': 'application/scim+json' },
    })
  const person = await scim('Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'zoe@acme.example',
    emails: [{ value: 'zoe@acme.example', primary: true }],
  })
  const group = await scim('Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Robots',
    members: [{ value: person.body.id }],
  })
  if (group.status !== 201) throw new Error(`SCIM: ${group.status} ${JSON.stringify(group.body)}`)
  await ok('DirectoryService.GetDirectory', { organization_id, id })
  await fails('NOT_FOUND', 'DirectoryService.GetDirectory', { organization_id: GLOBEX, id })
  await ok('DirectoryService.ListDirectories', { organization_id })
  await fails('NOT_FOUND', 'DirectoryService.ListDirectories', nobody)
  await ok('DirectoryService.ListDirectoryUsers', { organization_id, directory_id: id, include_detail: true })
  await fails('NOT_FOUND', 'DirectoryService.ListDirectoryUsers', { organization_id, directory_id: nothing })
  await ok('DirectoryService.ListDirectoryGroups', {
    organization_id,
    directory_id: id,
    include_detail: true,
  })
  await fails('NOT_FOUND', 'DirectoryService.ListDirectoryGroups', { organization_id, directory_id: nothing })
  await ok('DirectoryService.DisableDirectory', { organization_id, id })
  await fails('NOT_FOUND', 'DirectoryService.DisableDirectory', { organization_id, id: nothing })
}
