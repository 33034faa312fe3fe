import type { RestApi } from './rest-api.js'

const NOBODY = 'org_999999999999999999'

/** Organizations, with their settings and links. */
export async function organizations({ ok, fails }: RestApi): Promise<void> {
  const hooli = { display_name: 'Hooli', external_id: 'hooli', metadata: { plan: 'trial' } }
  const { organization } = await ok('OrganizationService.CreateOrganization', { organization: hooli })
  await fails('ALREADY_EXISTS', 'OrganizationService.CreateOrganization', { organization: hooli })
  const { id } = organization
  await ok('OrganizationService.ListOrganization', { page_size: 2 })
  await fails('INVALID_ARGUMENT', 'OrganizationService.ListOrganization', { page_token: 'not a token' })
  await ok('OrganizationService.GetOrganization', { id })
  await fails('NOT_FOUND', 'OrganizationService.GetOrganization', { id: NOBODY })
  await ok('OrganizationService.GetOrganizationByExternalId', { external_id: 'hooli' })
  await fails('NOT_FOUND', 'OrganizationService.GetOrganizationByExternalId', { external_id: 'nobody' })
  await ok('OrganizationService.UpdateOrganization', { id, organization: { display_name: 'Hooli XYZ' } })
  await fails('INVALID_ARGUMENT', 'OrganizationService.UpdateOrganization', {
    id,
    organization: { display_name: 'x'.repeat(201) },
  })
  await ok('OrganizationService.GeneratePortalLink', { id })
  await fails('NOT_FOUND', 'OrganizationService.GeneratePortalLink', { id: NOBODY })
  const settings = { features: [{ name: 'sso', enabled: true }] }
  await ok('OrganizationService.UpdateOrganizationSettings', { id, settings })
  await fails('NOT_FOUND', 'OrganizationService.UpdateOrganizationSettings', { id: NOBODY, settings })
  const policy = { policy_source: 'CUSTOM', absolute_session_timeout: 60 }
  await ok('OrganizationService.UpdateOrganizationSessionPolicy', { organization_id: id, ...policy })
  await fails('NOT_FOUND', 'OrganizationService.UpdateOrganizationSessionPolicy', {
    organization_id: NOBODY,
    ...policy,
  })
  await ok('OrganizationService.GetOrganizationSessionPolicy', { organization_id: id })
  await fails('NOT_FOUND', 'OrganizationService.GetOrganizationSessionPolicy', { organization_id: NOBODY })
  const limit = { settings: { max_allowed_users: 5 } }
  await ok('OrganizationService.UpsertUserManagementSettings', { organization_id: id, ...limit })
  await fails('NOT_FOUND', 'OrganizationService.UpsertUserManagementSettings', {
    organization_id: NOBODY,
    ...limit,
  })
  await ok('OrganizationService.DeleteOrganization', { id })
  await fails('NOT_FOUND', 'OrganizationService.DeleteOrganization', { id })
}
