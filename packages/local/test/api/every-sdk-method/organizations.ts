import { ACME } from '../local.js'
import type { SdkRecorder } from './recorder.js'

const NOBODY = 'org_999999999999999999'

/** `sdk.organization` */
export async function organizations({ sdk, barred, refused }: SdkRecorder): Promise<void> {
  const api = sdk.organization
  const { organization } = await api.createOrganization('Hooli', { externalId: 'hooli' })
  await refused('ALREADY_EXISTS', () => api.createOrganization('Hooli too', { externalId: 'hooli' }))
  const id = organization?.id ?? ''
  await api.listOrganization({ pageSize: 2 })
  await refused('INVALID_ARGUMENT', () => api.listOrganization({ pageToken: 'not a token' }))
  await api.searchOrganization('hooli')
  await refused('INVALID_ARGUMENT', () => api.searchOrganization('h'))
  await api.getOrganization(id)
  await refused('NOT_FOUND', () => api.getOrganization(NOBODY))
  await api.getOrganizationByExternalId('hooli')
  await refused('NOT_FOUND', () => api.getOrganizationByExternalId('nobody'))
  await api.updateOrganization(id, { displayName: 'Hooli XYZ' })
  await refused('ALREADY_EXISTS', () => api.updateOrganization(id, { externalId: 'acme' }))
  await api.updateOrganizationByExternalId('hooli', { displayName: 'Hooli' })
  await refused('NOT_FOUND', () => api.updateOrganizationByExternalId('nobody', { displayName: 'Hooli' }))
  await api.generatePortalLink(id)
  await refused('NOT_FOUND', () => api.generatePortalLink(NOBODY))

  await api.updateOrganizationSettings(id, { features: [{ name: 'sso', enabled: true }] })
  await refused('NOT_FOUND', () =>
    api.updateOrganizationSettings(NOBODY, { features: [{ name: 'sso', enabled: true }] }),
  )
  await api.upsertUserManagementSettings(id, { maxAllowedUsers: 5 })
  await refused('NOT_FOUND', () => api.upsertUserManagementSettings(NOBODY, { maxAllowedUsers: 5 }))
  await api.getOrganizationUserManagementSetting(id)
  await refused('NOT_FOUND', () => api.getOrganizationUserManagementSetting(NOBODY))
  await api.updateOrganizationSessionPolicy(id, { policySource: 'APPLICATION' })
  await refused('NOT_FOUND', () =>
    api.updateOrganizationSessionPolicy(NOBODY, { policySource: 'APPLICATION' }),
  )
  await api.getOrganizationSessionPolicy(id)
  await refused('NOT_FOUND', () => api.getOrganizationSessionPolicy(NOBODY))
  await api.deleteOrganization(id)
  await refused('NOT_FOUND', () => api.deleteOrganization(id))
  await refused('PERMISSION_DENIED', () => barred.organization.getOrganization(ACME))
}
