import { Router } from 'express'
import { DomainError } from '../domain/domain-error.js'
import { addDomain, deleteDomain } from '../domain/domains/domain-changes.js'
import { domainData, findDomain } from '../domain/domains/domain-data.js'
import { failOverdueDomains, verifyDomain } from '../domain/domains/verify-domain.js'
import { findOrganization } from '../domain/organizations/organization-data.js'
import { ErrorPage } from '../http/page/message-pages.js'
import { sendPage } from '../http/page/send-page.js'
import { DomainPage } from './domain-page.js'
import type { PortalContext } from './portal-context.js'
import { CLOSED, inPortal, type PortalRequest } from './portal-request.js'

const NOT_FOUND = 'The record is not there yet. DNS changes can take a while.'

/** The pages of domains in the admin portal. */
export function domainRoutes(context: PortalContext): Router {
  const { database, clock } = context
  const router = Router({ mergeParams: true })
  const forDomains = (handler: (portal: PortalRequest) => Promise<void>) =>
    inPortal(context, async (portal) =>
      mayVerify(portal)
        ? handler(portal)
        : sendPage(portal.response, <ErrorPage {...CLOSED} />, { status: 403 }),
    )

  router.post(
    '/domains',
    forDomains(async ({ request, response, scope, root }) => {
      const name = String(request.body.domain ?? '').trim()
      try {
        const { id } = await database.transaction(async (db) => {
          const organization = await findOrganization(db, scope.environment, { id: scope.organization })
          const domain = { name, type: 'ORGANIZATION_DOMAIN', trusted: false } as const
          return addDomain(db, organization, domain, clock.now())
        })
        response.redirect(303, `${root}/domains/${id}`)
      } catch (refusal) {
        if (!(refusal instanceof DomainError)) throw refusal
        const page = (
          <ErrorPage
            title="The domain was not added"
            explanation={`${refusal.message}.`}
            next="Go back and change it."
          />
        )
        sendPage(response, page, { status: 422 })
      }
    }),
  )

  router.get(
    '/domains/:id',
    forDomains(async (portal) => {
      await failOverdueDomains(context, portal.scope.organization)
      return show(portal)
    }),
  )

  router.post(
    '/domains/:id',
    forDomains(async (portal) => {
      const { request, response, scope, root } = portal
      const id = String(request.params.id)
      if (request.body.action === 'delete') {
        await deleteDomain(database.db, scope.organization, id)
        return response.redirect(303, root)
      }
      const verified = await verifyDomain(context, scope.organization, id)
      if (verified) return response.redirect(303, `${root}/domains/${id}`)
      return show(portal, NOT_FOUND)
    }),
  )
  return router

  async function show({ request, response, scope, frame }: PortalRequest, problem?: string): Promise<void> {
    const domain = await findDomain(database.db, scope.organization, String(request.params.id))
    const told = domain.status === 'PENDING' ? problem : undefined
    const view = { ...frame(domain.domain, told), domain, data: domainData(domain) }
    sendPage(response, <DomainPage {...view} />, { status: told === undefined ? 200 : 422 })
  }
}

/** Whether the portal is for domains: they say whose people sign in with single sign-on. */
export function mayVerify({ may }: Pick<PortalRequest, 'may'>): boolean {
  return may('domain_verification', 'sso')
}
